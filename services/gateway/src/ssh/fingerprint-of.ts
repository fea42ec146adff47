import { fingerprint, parseAnyKeyBlob } from '@sallyport/ssh';

/** Returns the fingerprint of a key blob, as `ssh-keygen -l` shows it. */
export const fingerprintOf = (blob: Buffer): string => fingerprint(parseAnyKeyBlob(blob));
