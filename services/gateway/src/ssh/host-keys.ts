import { parsePrivateKey, SshKeyError, type HostIdentity, type PrivateKey } from '@sallyport/ssh';
import { KeyUnusable } from './ssh.errors.js';

/** Reads a server's private keys from OpenSSH or PEM text, the first of each type. Throws KeyUnusable. */
export async function readHostKeys(texts: readonly string[]): Promise<HostIdentity[]> {
  const byType = new Map<string, HostIdentity>();
  for (const text of texts) {
    const signer = await readPrivateKey(text);
    if (!byType.has(signer.publicKey.type)) byType.set(signer.publicKey.type, { signer });
  }
  if (byType.size === 0) throw new KeyUnusable('No host key is given: name at least one private key file');
  return [...byType.values()];
}

/** Reads an unencrypted private key in OpenSSH or PEM format. Throws KeyUnusable. */
export async function readPrivateKey(text: string): Promise<PrivateKey> {
  try {
    return await parsePrivateKey(text);
  } catch (error) {
    if (!(error instanceof SshKeyError)) throw error;
    throw new KeyUnusable(`The private key can't be read: ${error.message}`, {}, { cause: error });
  }
}
