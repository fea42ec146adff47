import { SshKeyError } from '../key-error.js';

/** What every format answers when decryption gives nonsense; a wrong passphrase and a damaged file look alike. */
export const wrongPassphrase = (cause?: unknown): SshKeyError =>
  new SshKeyError('wrong-passphrase', 'Private key cannot be decrypted: the passphrase is wrong or the file is damaged', { cause });
