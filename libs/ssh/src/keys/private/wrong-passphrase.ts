import { SshKeyError } from '../key-error.js';

/** Returns the error for a failed decryption: a wrong passphrase and a damaged file cannot be distinguished. */
export const wrongPassphrase = (cause?: unknown): SshKeyError =>
  new SshKeyError('wrong-passphrase', 'Private key cannot be decrypted: the passphrase is wrong or the file is damaged', { cause });
