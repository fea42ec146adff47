import type { AppError } from '@sallyport/errors';
import { StoreMisconfigured, StoreUnavailable } from '../store.errors.js';

/** What an operator has to do about an answer that will not change by itself. */
const REMEDIES: Readonly<Record<string, string>> = {
  InvalidAccessKeyId: 'it does not know the access key; check the access key',
  SignatureDoesNotMatch: 'the secret key does not belong to the access key; check the secret key',
  AccessDenied: 'the access key may not do this; give it read, write, list and delete on the bucket',
  NoSuchBucket: 'the bucket does not exist; create it or correct its name',
  InvalidBucketName: 'the name of the bucket is not valid',
  PermanentRedirect: 'the bucket lives in another region; correct the region or the endpoint',
  MovedPermanently: 'the bucket lives in another region; correct the region or the endpoint',
  AuthorizationHeaderMalformed: 'the region is not the bucket’s; correct the region',
  RequestTimeTooSkewed: 'the clocks differ by more than 15 minutes; set this machine’s clock',
};

const codeOf = (error: unknown): string => String((error as { code?: unknown }).code ?? '');

/** Whether the answer says that the object is not there (and not that the bucket is not). */
export const isNoSuchKey = (error: unknown): boolean => ['NoSuchKey', 'NotFound', 'NoSuchObject'].includes(codeOf(error));

/** Whether the answer says that the range begins behind the end. */
export const isBehindEnd = (error: unknown): boolean => codeOf(error) === 'InvalidRange';

/** A client's error in our words. Network trouble, 5xx and everything unknown may pass; refusals will not. */
export function translateS3Error(location: string, error: unknown): AppError {
  const remedy = REMEDIES[codeOf(error)];
  if (remedy !== undefined) return new StoreMisconfigured(location, remedy, error);
  const why = error instanceof Error && error.message !== '' ? error.message : codeOf(error) || 'no reason given';
  return new StoreUnavailable(location, why, error);
}
