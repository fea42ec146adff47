import { nullStore, type ObjectStore, openFsStore, openS3Store } from '@sallyport/object-store';
import type { RecorderConfig } from './config.js';

/** Opens the store that the settings choose. They have been checked: the settings of the store are there. */
export async function openStore(config: RecorderConfig): Promise<ObjectStore> {
  switch (config.RECORDER_STORE) {
    case 'fs':
      return openFsStore({ directory: config.RECORDER_FS_DIR! });
    case 's3':
      return openS3Store({
        endpoint: config.RECORDER_S3_ENDPOINT!,
        bucket: config.RECORDER_S3_BUCKET!,
        region: config.RECORDER_S3_REGION,
        accessKey: config.RECORDER_S3_ACCESS_KEY!,
        secretKey: config.RECORDER_S3_SECRET_KEY!,
      });
    case 'null':
      return nullStore();
  }
}
