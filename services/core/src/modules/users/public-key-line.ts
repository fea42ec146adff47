import { printableLine } from '@sallyport/context';
import { fingerprint, parsePublicKeyBlob, SshKeyError, type PublicKey } from '@sallyport/ssh';
import { SshKeyInvalid } from './user.errors.js';

/** A public key as it is kept. */
export interface PublicKeyLine {
  readonly algorithm: string;
  readonly blob: Buffer;
  readonly fingerprint: string;
  readonly comment: string;
}

/** Shorter RSA keys are refused (NIST SP 800-57: 112 bits of strength). */
const MIN_RSA_BITS = 2048;

/** Reads the line of a .pub file. Refuses private keys, options before the key, certificates, and weak key types and sizes. */
export function readPublicKeyLine(text: string): PublicKeyLine {
  const line = text.trim();
  if (line.includes('PRIVATE KEY')) throw new SshKeyInvalid('This is a private key: keep it secret and send the file that ends in .pub');
  if (/[\r\n]/.test(line)) throw new SshKeyInvalid('Send one key: one line of a .pub file');
  const [algorithm = '', base64 = '', ...comment] = line.split(/\s+/);
  const key = parseKey(base64);
  if (key.type !== algorithm)
    throw new SshKeyInvalid(
      `The line says "${algorithm.slice(0, 64)}" but the key in it is of type "${key.type}": send the line of a .pub file without options before it`,
    );
  if (key.type === 'ssh-rsa' && key.bits < MIN_RSA_BITS)
    throw new SshKeyInvalid(`This RSA key has ${key.bits} bits; ${MIN_RSA_BITS} are the least, ssh-ed25519 is better`, { bits: key.bits });
  return { algorithm, blob: key.blob, fingerprint: fingerprint(key), comment: printableLine(comment.join(' '), 256) };
}

function parseKey(base64: string): PublicKey {
  // Every key blob begins with the length of a short type name: three zero bytes.
  if (!/^AAAA[A-Za-z0-9+/]+={0,2}$/.test(base64))
    throw new SshKeyInvalid('This is not an SSH public key: one looks like "ssh-ed25519 AAAA… name"');
  try {
    return parsePublicKeyBlob(Buffer.from(base64, 'base64'));
  } catch (error) {
    if (error instanceof SshKeyError) throw new SshKeyInvalid(`The SSH public key can't be read: ${error.message}`, {}, { cause: error });
    throw error;
  }
}
