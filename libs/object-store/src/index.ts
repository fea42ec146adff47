export { openFsStore } from './fs/fs-store.js';
export { nullStore } from './null/null-store.js';
export {
  type ByteRange,
  type FirstObject,
  listAll,
  MAX_PAGE,
  type ObjectBody,
  type ObjectInfo,
  type ObjectPage,
  type ObjectStore,
  type PutOptions,
  readObject,
} from './object-store.js';
export type { ObjectLock } from './s3/object-lock.js';
export { makeBucket } from './s3/make-bucket.js';
export { openS3Store, type S3StoreOptions } from './s3/s3-store.js';
export { ObjectKeyInvalid, ObjectNotFound, StoreMisconfigured, StoreUnavailable } from './store.errors.js';
