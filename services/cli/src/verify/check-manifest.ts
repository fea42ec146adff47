import { DsseInvalid, verifyDsse } from '@sallyport/crypto';
import { decodeManifest, type Manifest, MANIFEST_PAYLOAD_TYPE, ManifestInvalid } from '@sallyport/recording-format';
import type { NamedKey } from './named-keys.js';

/**
 * Verifies a signed envelope and returns its manifest and the key that signed it. Throws DsseInvalid or ManifestInvalid for anything but
 * the canonical, rightly signed form.
 */
export function checkManifest(envelope: Buffer, keys: readonly NamedKey[]): { manifest: Manifest; signedBy: NamedKey | undefined } {
  const { payloadType, payload, keyId } = verifyDsse(
    envelope,
    keys.map(({ pem }) => pem),
  );
  if (payloadType !== MANIFEST_PAYLOAD_TYPE) throw new ManifestInvalid(`it is signed as "${payloadType}", not as a manifest`);
  return { manifest: decodeManifest(payload), signedBy: keys.find((key) => key.keyId === keyId) };
}

/** Returns true if an error of checkManifest is about the content of the manifest. */
export const isManifestError = (error: unknown): boolean => error instanceof DsseInvalid || error instanceof ManifestInvalid;
