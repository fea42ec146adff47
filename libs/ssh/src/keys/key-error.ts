/** Why a key, certificate or signature could not be read. */
export type KeyProblem =
  /** The text or blob is not what its format demands. */
  | 'malformed'
  /** A format, key type, curve, cipher or size that is not supported. */
  | 'unsupported'
  /** The private key is encrypted and no passphrase was given. */
  | 'encrypted'
  /** The passphrase is wrong, or the file was damaged: the two cannot be told apart. */
  | 'wrong-passphrase'
  /** A certificate whose CA signature is not correct. */
  | 'bad-signature';

/** Says why key material was refused; the message quotes no secret. */
export class SshKeyError extends Error {
  override readonly name = 'SshKeyError';

  constructor(
    readonly problem: KeyProblem,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
