import { createPrivateKey, createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { verifyingKeysIn } from '@sallyport/crypto';

export const ANCHOR_SETTINGS = Symbol('AnchorSettings');

/** Keys and schedule of the anchors. */
export interface AnchorSettings {
  /** PKCS#8 PEM. */
  readonly signingKey: string;
  /** SPKI PEM: the signing key's public half and those of its predecessors. */
  readonly publicKeys: readonly string[];
  readonly everyMs: number;
}

interface AnchorConfig {
  readonly CORE_AUDIT_SIGNING_KEY_FILE: string;
  readonly CORE_AUDIT_FORMER_KEYS_FILE?: string | undefined;
  readonly CORE_AUDIT_ANCHOR_SECONDS: number;
}

/** Reads the keys. Throws for a file that can't be read or contains another kind of key. */
export function anchorSettings(config: AnchorConfig): AnchorSettings {
  const signingKey = readSigningKey(config.CORE_AUDIT_SIGNING_KEY_FILE);
  const own = createPublicKey(signingKey).export({ type: 'spki', format: 'pem' }).toString();
  const former = readFormerKeys(config.CORE_AUDIT_FORMER_KEYS_FILE);
  return { signingKey, publicKeys: [own, ...former], everyMs: config.CORE_AUDIT_ANCHOR_SECONDS * 1000 };
}

function readSigningKey(file: string): string {
  try {
    const pem = readFileSync(file, 'utf8');
    const type = createPrivateKey(pem).asymmetricKeyType;
    if (type === 'ed25519') return pem;
    throw new Error(`it is an ${type} key`);
  } catch (error) {
    throw new Error(`CORE_AUDIT_SIGNING_KEY_FILE: "${file}" is not a readable Ed25519 private key in PEM`, { cause: error });
  }
}

function readFormerKeys(file: string | undefined): string[] {
  if (file === undefined) return [];
  try {
    return verifyingKeysIn(readFileSync(file, 'utf8')).map(({ pem }) => pem);
  } catch (error) {
    throw new Error(`CORE_AUDIT_FORMER_KEYS_FILE: "${file}" contains no readable Ed25519 public keys in PEM: ${(error as Error).message}`, {
      cause: error,
    });
  }
}
