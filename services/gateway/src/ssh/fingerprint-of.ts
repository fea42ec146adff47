import { fingerprint, parseAnyKeyBlob } from '@sallyport/ssh';

/** The fingerprint of a key blob, as `ssh-keygen -l` shows it. */
export const fingerprintOf = (blob: Buffer): string => fingerprint(parseAnyKeyBlob(blob));
