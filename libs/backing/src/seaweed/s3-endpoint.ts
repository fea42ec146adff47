import { Client } from 'minio';

/** Address and keys of an S3 server. The keys are secrets. */
export interface S3Endpoint {
  /** http://host:port */
  readonly endpoint: string;
  readonly region: string;
  readonly accessKey: string;
  readonly secretKey: string;
}

/** Creates a bucket unless it exists. */
export async function ensureBucket(s3: S3Endpoint, bucket: string): Promise<void> {
  const client = s3Client(s3);
  if (!(await client.bucketExists(bucket))) await client.makeBucket(bucket, s3.region);
}

/** Returns true if the server answers a signed request. */
export async function answersS3(s3: S3Endpoint): Promise<boolean> {
  await s3Client(s3).listBuckets();
  return true;
}

/** Returns a MinIO client for a server. */
export function s3Client(s3: S3Endpoint): Client {
  const url = new URL(s3.endpoint);
  return new Client({
    endPoint: url.hostname,
    port: Number(url.port),
    useSSL: url.protocol === 'https:',
    accessKey: s3.accessKey,
    secretKey: s3.secretKey,
    region: s3.region,
  });
}
