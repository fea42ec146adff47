import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createHash, randomBytes } from 'node:crypto';
import { aCephGateway, anS3, type TestS3 } from '@sallyport/testkit';
import { Client } from 'minio';
import { beforeAll, describe, expect, it } from 'vitest';
import { readObject } from '../object-store.js';
import { StoreMisconfigured } from '../store.errors.js';
import { openS3Store } from './s3-store.js';

const LOCK = { mode: 'COMPLIANCE', days: 2 } as const;
const DAY_MS = 86_400_000;

describe.each([
  ['SeaweedFS', anS3],
  ['Ceph', aCephGateway],
])('a bucket with object lock on %s', (_, start) => {
  let s3: TestS3;
  let client: Client;
  let bucket: string;
  beforeAll(async () => {
    s3 = await start();
    const { hostname: endPoint, port } = new URL(s3.endpoint);
    client = new Client({
      endPoint,
      port: Number(port),
      useSSL: false,
      region: s3.region,
      accessKey: s3.accessKey,
      secretKey: s3.secretKey,
    });
    bucket = `locked-${randomBytes(6).toString('hex')}`;
    await client.makeBucket(bucket, s3.region, { ObjectLocking: true });
  });

  const store = () => openS3Store({ ...s3, bucket, lock: LOCK });
  const versionOf = async (key: string): Promise<string> =>
    ((await client.statObject(bucket, key)) as { versionId?: string | null }).versionId ?? '';

  it('passes the check; a bucket without it is refused, with the remedy', async () => {
    await store().check();
    const error: unknown = await openS3Store({ ...s3, lock: LOCK })
      .check()
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(StoreMisconfigured);
    expect((error as Error).message).toContain('object lock is set, but the bucket has none');
    await openS3Store(s3).check();
  });

  it('keeps a version that is put to be kept: a thief of the credentials can not remove it, nor shorten its lock', async () => {
    await store().put('kept', Buffer.from('evidence'), { isKept: true });
    const versionId = await versionOf('kept');
    const retention = (await client.getObjectRetention(bucket, 'kept', { versionId })) as { mode: string; retainUntilDate: string };
    expect(retention.mode).toBe('COMPLIANCE');
    expect(Math.abs(Date.parse(retention.retainUntilDate) - Date.now() - 2 * DAY_MS)).toBeLessThan(600_000);
    await expect(client.removeObject(bucket, 'kept', { versionId, governanceBypass: true })).rejects.toThrow();
    const sooner = { mode: 'COMPLIANCE', retainUntilDate: new Date(Date.now() + 60_000).toISOString(), versionId } as never;
    await expect(client.putObjectRetention(bucket, 'kept', sooner)).rejects.toThrow();
    // Without a version, a removal only puts a marker over it.
    await client.removeObject(bucket, 'kept');
    const read = await client.getObject(bucket, 'kept', { versionId });
    expect(Buffer.concat(await read.toArray()).toString()).toBe('evidence');
  });

  it('locks the first objects of a folder, and stores them once', async () => {
    const objects = ['part', 'last'].map((name) => ({ name, bytes: Buffer.from(name) }));
    expect(await store().putFirst('first/', objects, { isKept: true })).toBe(true);
    expect(await store().putFirst('first/', objects, { isKept: true })).toBe(false);
    for (const key of ['first/part', 'first/last']) {
      const versionId = await versionOf(key);
      expect(await client.getObjectRetention(bucket, key, { versionId })).toMatchObject({ mode: 'COMPLIANCE' });
    }
  });

  it('may be written over and removed as before: newer versions are read, older ones stay', async () => {
    await store().put('manifest', Buffer.from('generation 1'), { isKept: true });
    const first = await versionOf('manifest');
    await store().put('manifest', Buffer.from('generation 2'), { isKept: true });
    expect((await readObject(store(), 'manifest')).toString()).toBe('generation 2');
    expect(Buffer.concat(await (await client.getObject(bucket, 'manifest', { versionId: first })).toArray()).toString()).toBe(
      'generation 1',
    );
    await store().delete('manifest');
    expect(await store().head('manifest')).toBeUndefined();
  });

  it('does not lock what is not to be kept', async () => {
    await store().put('segment', Buffer.from('for a while'));
    const versionId = await versionOf('segment');
    await client.removeObject(bucket, 'segment', { versionId });
    expect(await store().head('segment')).toBeUndefined();
  });
});

it('a put with a lock has mode, date and checksum in one request', async () => {
  let headers: Record<string, unknown> = {};
  const server = createServer((request, response) => {
    headers = request.headers;
    request.resume().on('end', () => response.writeHead(200, { etag: '"x"' }).end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const lock = { mode: 'GOVERNANCE', days: 1 } as const;
  const store = openS3Store({ endpoint, bucket: 'bucket', region: 'us-east-1', accessKey: 'a', secretKey: 'b', lock });
  await store.put('key', Buffer.from('body'), { isKept: true });
  expect(headers).toMatchObject({
    'x-amz-object-lock-mode': 'GOVERNANCE',
    'x-amz-object-lock-retain-until-date': expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    'content-md5': createHash('md5').update('body').digest('base64'),
  });
  await store.put('key', Buffer.from('body'));
  expect(headers).not.toHaveProperty('x-amz-object-lock-mode');
  server.close();
});
