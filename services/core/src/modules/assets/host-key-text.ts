import { fingerprint, parsePublicKeyBlob, SshKeyError } from '@sallyport/ssh';
import { HostKeyInvalid } from './asset.errors.js';

/** A host key: whole, or known by its fingerprint alone, with an empty blob and maybe without its type. */
export interface HostKeyFacts {
  readonly algorithm: string;
  readonly blob: Buffer;
  readonly fingerprint: string;
}

/** Returns the key of a blob. The type in the blob counts; the name that a peer sends may be a signature algorithm. */
export function readKeyBlob(blob: Buffer): HostKeyFacts {
  try {
    const key = parsePublicKeyBlob(blob);
    return { algorithm: key.type, blob: key.blob, fingerprint: fingerprint(key) };
  } catch (error) {
    if (error instanceof SshKeyError) throw new HostKeyInvalid(`The host key can't be read: ${error.message}`, {}, { cause: error });
    throw error;
  }
}

/** Returns true for more than one line; the end of the line may come with it. */
const isSeveralLines = (text: string): boolean => /[\r\n]/.test(text.trim());

/** Reads a line of an ssh_host_…_key.pub file, of known_hosts or of ssh-keyscan: a host name may stand before the key. */
export function readKeyLine(text: string): HostKeyFacts {
  const base64 = /(?:^|\s)(AAAA[A-Za-z0-9+/]+={0,2})(?:\s|$)/.exec(text)?.[1];
  if (base64 === undefined || isSeveralLines(text))
    throw new HostKeyInvalid('This is not the line of a host key: one looks like "ssh-ed25519 AAAA… name"');
  if (/^@/.test(text.trim())) throw new HostKeyInvalid('Keys of certificate authorities and revoked keys are not taken: send a host key');
  return readKeyBlob(Buffer.from(base64, 'base64'));
}

/** Key types as ssh-keygen -l prints them. The size decides about the curve. */
const TYPES: Readonly<Record<string, (bits: string) => string>> = {
  ED25519: () => 'ssh-ed25519',
  RSA: () => 'ssh-rsa',
  ECDSA: (bits) => `ecdsa-sha2-nistp${bits}`,
};

/** Reads "SHA256:…", alone or in the line that ssh-keygen -l prints, which has the size before it and the type at its end. */
export function readFingerprint(text: string): HostKeyFacts {
  const found = /(?:^|\s)SHA256:([A-Za-z0-9+/]{43})=?(?:\s|$)/.exec(text)?.[1];
  if (found === undefined || isSeveralLines(text))
    throw new HostKeyInvalid(
      'This is not one SHA-256 fingerprint: "ssh-keygen -l -E sha256 -f FILE" prints one, which begins with "SHA256:"',
    );
  const [, bits = '', type = ''] = /^\s*(\d+)\s.*\(([A-Z0-9-]+)\)\s*$/.exec(text) ?? [];
  return { algorithm: TYPES[type]?.(bits) ?? '', blob: Buffer.alloc(0), fingerprint: `SHA256:${found}` };
}
