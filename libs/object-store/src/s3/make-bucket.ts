import { s3Client, type S3Server } from './s3-client.js';
import { translateS3Error } from './s3-error.js';

/** Creates a bucket unless it exists. Returns true if it was created. Throws StoreMisconfigured and StoreUnavailable. */
export async function makeBucket(server: S3Server & { readonly bucket: string }, hasObjectLock: boolean): Promise<boolean> {
  const client = s3Client(server);
  try {
    if (await client.bucketExists(server.bucket)) return false;
    await client.makeBucket(server.bucket, server.region, { ObjectLocking: hasObjectLock });
    return true;
  } catch (error) {
    throw translateS3Error(`${server.endpoint}/${server.bucket}`, error);
  }
}
