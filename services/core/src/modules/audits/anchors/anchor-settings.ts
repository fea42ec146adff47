import { createPublicKey } from 'node:crypto';
import { readFormerKeys, readSigningKey } from '@sallyport/crypto';

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
  const signingKey = readSigningKey({ CORE_AUDIT_SIGNING_KEY_FILE: config.CORE_AUDIT_SIGNING_KEY_FILE });
  const own = createPublicKey(signingKey).export({ type: 'spki', format: 'pem' }).toString();
  const former = readFormerKeys({ CORE_AUDIT_FORMER_KEYS_FILE: config.CORE_AUDIT_FORMER_KEYS_FILE });
  return { signingKey, publicKeys: [own, ...former], everyMs: config.CORE_AUDIT_ANCHOR_SECONDS * 1000 };
}
