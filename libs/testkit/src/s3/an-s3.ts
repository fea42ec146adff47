import { ensureBucket, type S3Endpoint } from '@sallyport/backing';
import { randomBytes } from 'node:crypto';
import { holdSharedPart } from '../shared/hold-shared-part.js';
import type { SharedPartFacts } from '../shared/shared-parts.js';

/** A bucket of a test's own on a real S3 server. */
export interface TestS3 extends S3Endpoint {
  /** Made already, and empty. */
  readonly bucket: string;
}

/** A fresh bucket on SeaweedFS, which all test files share. */
export async function anS3(): Promise<TestS3> {
  return withBucket(await holdSharedPart('s3'));
}

/** Reads what a keeper told about an S3 server and makes a bucket there. */
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
