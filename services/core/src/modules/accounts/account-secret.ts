import { parsePrivateKey, SshKeyError, type PrivateKey } from '@sallyport/ssh';
import { PrivateKeyInvalid } from './account.errors.js';
import type { SecretType } from './account.entity.js';
import { openSshPrivateKey } from './openssh-private-key.js';

/** A secret in clear. Lives between a request and its seal, never longer. */
export interface ClearSecret {
  readonly secretType: SecretType;
  /** A password, or a private key as unencrypted OpenSSH text. */
  readonly text: string;
}

/** The secret of a request; undefined when it brings none. */
export interface GivenSecret {
  readonly password?: string | undefined;
  readonly private_key?: string | undefined;
  readonly passphrase?: string | undefined;
}

const MIN_RSA_BITS = 1024;

/** Reads the secret of a request. A private key is opened, checked and brought into one form. */
export async function readSecret({ password, private_key: privateKey, passphrase }: GivenSecret): Promise<ClearSecret | undefined> {
  if (password !== undefined) return { secretType: 'password', text: password };
  if (privateKey === undefined) return undefined;
  const key = await parseKey(privateKey, passphrase);
  return { secretType: 'ssh_key', text: openSshPrivateKey(key.publicKey, key.keyObject) };
}

async function parseKey(file: string, passphrase: string | undefined): Promise<PrivateKey> {
  try {
    const key = await parsePrivateKey(file, passphrase);
    if (key.publicKey.type === 'ssh-rsa' && key.publicKey.bits < MIN_RSA_BITS)
      throw new PrivateKeyInvalid(`This RSA key has ${key.publicKey.bits} bits; ${MIN_RSA_BITS} are the least`);
    return key;
  } catch (error) {
    if (error instanceof SshKeyError) throw new PrivateKeyInvalid(wordsFor(error), {}, { cause: error });
    throw error;
  }
}

function wordsFor(error: SshKeyError): string {
  switch (error.problem) {
    case 'encrypted':
      return 'The private key is encrypted: give its passphrase too';
    case 'wrong-passphrase':
      return 'The passphrase does not open the private key, or the file is damaged';
    case 'malformed':
    case 'unsupported':
    case 'bad-signature':
      return `The private key can't be used: ${error.message}`;
  }
}
