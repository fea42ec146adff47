import { ensureBucket, type S3Endpoint } from '@sallyport/backing';
import { randomBytes } from 'node:crypto';
import { holdSharedPart } from '../shared/hold-shared-part.js';
import type { SharedPartFacts } from '../shared/shared-parts.js';

/** A bucket of one test on a real S3 server. */
export interface TestS3 extends S3Endpoint {
  /** Exists already, and is empty. */
  readonly bucket: string;
}

/** Returns a fresh bucket on SeaweedFS, which all test files share. */
export async function anS3(): Promise<TestS3> {
  return withBucket(await holdSharedPart('s3'));
}

/** Creates a bucket on the S3 server that the facts of a shared part describe. */
export async function withBucket(facts: SharedPartFacts): Promise<TestS3> {
  const s3 = {
    endpoint: facts['endpoint'] ?? '',
    region: facts['region'] ?? '',
    accessKey: facts['accessKey'] ?? '',
    secretKey: facts['secretKey'] ?? '',
  };
  const bucket = `test-${randomBytes(8).toString('hex')}`;
  await ensureBucket(s3, bucket);
  return { ...s3, bucket };
}
