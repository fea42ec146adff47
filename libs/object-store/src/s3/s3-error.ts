import type { AppError } from '@sallyport/errors';
import { StoreMisconfigured, StoreUnavailable } from '../store.errors.js';

/** Remedies for answers that do not change by themselves. */
const REMEDIES: Readonly<Record<string, string>> = {
  InvalidAccessKeyId: 'it does not know the access key; check the access key',
  SignatureDoesNotMatch: 'the secret key does not belong to the access key; check the secret key',
  AccessDenied: 'the access key may not do this; allow it to read, write, list and delete on the bucket',
  NoSuchBucket: 'the bucket does not exist; create it or correct its name',
  InvalidBucketName: 'the name of the bucket is not valid',
  PermanentRedirect: 'the bucket lives in another region; correct the region or the endpoint',
  MovedPermanently: 'the bucket lives in another region; correct the region or the endpoint',
  AuthorizationHeaderMalformed: 'the region is not the bucket’s; correct the region',
  RequestTimeTooSkewed: 'the clocks differ by more than 15 minutes; set this machine’s clock',
};

const codeOf = (error: unknown): string => String((error as { code?: unknown }).code ?? '');

/** Returns true if the answer means that the object does not exist (and not that the bucket does not). */
export const isNoSuchKey = (error: unknown): boolean => ['NoSuchKey', 'NotFound', 'NoSuchObject'].includes(codeOf(error));

/** Returns true if the answer means that the range begins behind the end. */
export const isBehindEnd = (error: unknown): boolean => codeOf(error) === 'InvalidRange';

/**
 * Translates an error of the S3 client. Network errors, 5xx and unknown errors become StoreUnavailable; refusals become StoreMisconfigured.
 */
export function translateS3Error(location: string, error: unknown): AppError {
  const remedy = REMEDIES[codeOf(error)];
  if (remedy !== undefined) return new StoreMisconfigured(location, remedy, error);
  const why = error instanceof Error && error.message !== '' ? error.message : codeOf(error) || 'no reason given';
  return new StoreUnavailable(location, why, error);
}
