import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { aCephGateway, anS3, type TestS3 } from '@sallyport/testkit';
import { beforeAll, describe, expect, it } from 'vitest';
import { objectStoreConformance } from '../conformance.suite.js';
import { StoreMisconfigured, StoreUnavailable } from '../store.errors.js';
import { openS3Store } from './s3-store.js';

const SERVERS = [
  ['SeaweedFS', anS3],
  ['Ceph', aCephGateway],
] as const;

for (const [name, start] of SERVERS) {
  objectStoreConformance(`s3 (${name})`, async () => ({ store: openS3Store(await start()), stop: async () => {} }));

  describe(`s3 (${name}) with a wrong setting`, () => {
    let right: TestS3;
    beforeAll(async () => {
      right = await start();
    });
    const refused = async (change: Partial<TestS3>): Promise<string> => {
      const error: unknown = await openS3Store({ ...right, ...change })
        .check()
        .catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(StoreMisconfigured);
      return (error as Error).message;
    };

    it('names the secret key', async () => expect(await refused({ secretKey: 'not-the-secret' })).toMatch(/secret key|access key may not/));
    it('names the access key', async () => expect(await refused({ accessKey: 'nobody' })).toMatch(/access key/));
    it('names the bucket', async () => expect(await refused({ bucket: 'no-such-bucket' })).toContain('bucket'));
    it('never shows a key', async () => {
      const message = await refused({ accessKey: 'nobody-7', secretKey: 'hunter2' });
      expect(message).not.toMatch(/hunter2/);
    });
  });
}

describe('s3 on a bad network', () => {
  const serve = async (answer: Parameters<typeof createServer>[1]): Promise<{ server: Server; endpoint: string }> => {
    const server = createServer(answer!);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return { server, endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
  };
  const at = (endpoint: string, idleMs = 500) =>
    openS3Store({ endpoint, bucket: 'bucket', region: 'us-east-1', accessKey: 'a', secretKey: 'b', idleMs });

  it('retries after errors that may pass', async () => {
    let calls = 0;
    const { server, endpoint } = await serve((request, response) => {
      request.resume();
      calls++;
      if (calls === 1) response.socket?.destroy();
      else response.writeHead(calls === 2 ? 503 : 200, { etag: '"x"' }).end();
    });
    expect(await at(endpoint).put('key', Buffer.from('body'))).toBe(4);
    expect(calls).toBe(3);
    server.close();
  });

  it('stores the last of the first objects on a condition, and asks before if the server knows none', async () => {
    const calls: string[] = [];
    const { server, endpoint } = await serve((request, response) => {
      request.resume();
      const condition = request.headers['if-none-match'];
      calls.push(`${request.method} ${request.url?.split('?')[0]} ${condition ?? ''}`.trim());
      if (condition !== undefined) response.writeHead(501).end('<Error><Code>NotImplemented</Code></Error>');
      else if (request.method === 'HEAD') response.writeHead(404).end();
      else if (request.method === 'GET') response.end('<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>');
      else response.writeHead(200, { etag: '"x"' }).end();
    });
    const objects = ['part', 'last'].map((name) => ({ name, bytes: Buffer.from(name) }));
    expect(await at(endpoint).putFirst('new/', objects)).toBe(true);
    expect(calls).toEqual([
      'GET /bucket',
      'PUT /bucket/new/part',
      'PUT /bucket/new/last *',
      'HEAD /bucket/new/last',
      'PUT /bucket/new/last',
    ]);
    server.close();
  });

  it('stops waiting for a server that accepts and never answers', async () => {
    const { server, endpoint } = await serve((request) => void request.resume());
    await expect(at(endpoint, 50).put('key', Buffer.from('body'))).rejects.toBeInstanceOf(StoreUnavailable);
    server.closeAllConnections();
    server.close();
  });

  it('reads on where a connection broke', async () => {
    const body = Buffer.from('0123456789'.repeat(1000));
    const ranges: string[] = [];
    const { server, endpoint } = await serve((request, response) => {
      const range = request.headers.range ?? '';
      ranges.push(range);
      const from = Number(/bytes=(\d+)-/.exec(range)?.[1] ?? 0);
      response.writeHead(from > 0 ? 206 : 200, { 'content-length': body.length - from });
      if (from > 0) response.end(body.subarray(from));
      else response.write(body.subarray(0, 4000), () => response.socket?.destroy());
    });
    const pieces: Uint8Array[] = [];
    for await (const piece of await at(endpoint).get('key')) pieces.push(piece);
    expect(Buffer.concat(pieces).equals(body)).toBe(true);
    expect(ranges).toHaveLength(2);
    server.close();
  });

  it('refuses an endpoint that is not a URL', () => {
    expect(() => at('127.0.0.1:9000')).toThrow('the endpoint must be like http://host:port');
  });
});
