/** The reason why a key, certificate or signature was refused. */
export type KeyProblem =
  /** The text or blob violates its format. */
  | 'malformed'
  /** A format, key type, curve, cipher or size that is not supported. */
  | 'unsupported'
  /** The private key is encrypted and no passphrase was passed. */
  | 'encrypted'
  /** The passphrase is wrong or the file is damaged; the two cannot be distinguished. */
  | 'wrong-passphrase'
  /** A certificate whose CA signature is incorrect. */
  | 'bad-signature';

/** Key material was refused. The message contains no secret. */
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
