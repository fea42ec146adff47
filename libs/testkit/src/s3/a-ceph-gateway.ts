import { holdSharedPart } from '../shared/hold-shared-part.js';
import { withBucket, type TestS3 } from './an-s3.js';

/** Returns a fresh bucket on Ceph's RADOS Gateway, which all test files share: the stricter of the two S3 servers. */
export async function aCephGateway(): Promise<TestS3> {
  return withBucket(await holdSharedPart('ceph'));
}
