import type { OfferedKey } from './certificate.js';

/** Keys and certificates that must not be used any more. */
export interface RevocationList {
  /** Why the key or certificate is revoked, for the audit; undefined when it is not. A certificate is also revoked with its key or its authority. */
  whyRevoked(key: OfferedKey): string | undefined;
}
