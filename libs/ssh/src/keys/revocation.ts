import type { OfferedKey } from './certificate.js';

/** Keys and certificates that must not be used any more. */
export interface RevocationList {
  /**
   * Returns the reason why the key or certificate is revoked, for the audit; undefined if it is not.
   * A certificate is also revoked by its key and by its authority.
   */
  revocationReason(key: OfferedKey): string | undefined;
}
