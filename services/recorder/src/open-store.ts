import { nullStore, type ObjectLock, type ObjectStore, openFsStore, openS3Store, StoreUnavailable } from '@sallyport/object-store';
import type { RecorderConfig } from './config.js';

/** Opens the store that the settings choose. They have been checked: the settings of the store are there. */
export async function openStore(config: RecorderConfig): Promise<ObjectStore> {
  switch (config.RECORDER_STORE) {
    case 'fs':
      return openFsStore({ directory: config.RECORDER_FS_DIR! });
    case 's3':
      return withLock(
        config,
        openS3Store({
          endpoint: config.RECORDER_S3_ENDPOINT!,
          bucket: config.RECORDER_S3_BUCKET!,
          region: config.RECORDER_S3_REGION,
          accessKey: config.RECORDER_S3_ACCESS_KEY!,
          secretKey: config.RECORDER_S3_SECRET_KEY!,
          lock: lockOf(config),
        }),
      );
    case 'null':
      return nullStore();
  }
}

const lockOf = ({ RECORDER_OBJECT_LOCK_DAYS: days, RECORDER_OBJECT_LOCK_MODE: mode }: RecorderConfig): ObjectLock | undefined =>
  days === 0 ? undefined : { days, mode };

/** Throws StoreMisconfigured for a bucket that can't lock. A store that is away passes: it is not ready, and refuses a lock that it lacks later. */
async function withLock(config: RecorderConfig, store: ObjectStore): Promise<ObjectStore> {
  if (config.RECORDER_OBJECT_LOCK_DAYS === 0) return store;
  await store.check().catch((error: unknown) => {
    if (!(error instanceof StoreUnavailable)) throw error;
  });
  return store;
}
