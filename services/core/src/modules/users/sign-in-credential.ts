/** The credential that a user signed in with. A sign-in with a key that led to a change of the password has both. */
export interface SignInCredential {
  /** Id of the key; null for a password alone. */
  readonly keyId: string | null;
  /** Generation of the password, see `UserEntity`; null for a key alone. */
  readonly passwordGeneration: number | null;
}

/** The part of a credential that is not valid any more. */
export type RevokedCredential = 'key' | 'password';
