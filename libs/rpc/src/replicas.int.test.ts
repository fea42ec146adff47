import { makeMeshCertificates } from '@sallyport/backing';
import { AccessServiceService } from '@sallyport/proto-gen/access/v1/access_service';
import { IngestServiceService } from '@sallyport/proto-gen/recording/v1/ingest';
import { createLogger } from '@sallyport/telemetry';
import { freePort, workFolder, type WorkFolder } from '@sallyport/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { createClient, type RpcClient } from './client/rpc-client.js';
import { meshCredentials, type MeshCredentials } from './credentials.js';
import { aDnsServer } from './dns-server.suite.js';
import { RpcServer } from './server/rpc-server.js';

// grpc-js asks the DNS server that the address names, not the system's. It reads this when it is loaded.
vi.hoisted(() => {
  process.env['GRPC_NODE_USE_ALTERNATIVE_RESOLVER'] = 'true';
});

const logger = createLogger({ service: 'rpc-test', level: 'silent' });
const notUsed = () => Promise.reject(new Error('not used'));

let folder: WorkFolder;
let core: MeshCredentials;
let gateway: MeshCredentials;
const open: (() => unknown)[] = [];
beforeAll(async () => {
  folder = await workFolder('replicas');
  const files = await makeMeshCertificates(folder.path, ['core', 'gateway']);
  [core, gateway] = [meshCredentials(files.core), meshCredentials(files.gateway)];
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((close) => close()));
});
afterAll(() => folder.remove());

/** Starts a replica of core. It answers each sign-in with its name, and each batch of frames with an acknowledgement. */
async function aReplica(
  name: string,
  host: string,
  port: number,
  maxConnectionAgeMs = 300_000,
): Promise<{ server: RpcServer; port: number }> {
  const server = new RpcServer({ credentials: core, logger, maxConnectionAgeMs })
    .add(
      AccessServiceService,
      {
        authenticate: async () => ({ outcome: { $case: 'refused', value: { code: 'NO', message: name } } }),
        listGranted: notUsed,
        openSession: notUsed,
        reportHostKey: notUsed,
        renewLeases: notUsed,
        reportFailedSignIns: notUsed,
        checkSignIns: notUsed,
        closeSession: notUsed,
      },
      { allow: ['gateway'] },
    )
    .add(
      IngestServiceService,
      {
        ingest: async (_ctx, requests, out) => {
          const acked = { durableSeq: 0n, publishedSeq: 0n, closed: false, link: Buffer.alloc(0) };
          for await (const _ of requests) await out.write({ message: { $case: 'ack', value: { sessionId: name, ...acked } } });
        },
      },
      { allow: ['gateway'] },
    );
  open.push(() => server.shutdown(0));
  return { server, port: await server.listen(host, port) };
}

function aClient(address: string): RpcClient<typeof AccessServiceService> {
  const client = createClient(AccessServiceService, address, { credentials: gateway, peer: 'core' });
  open.push(() => client.close());
  return client;
}

/** Calls once. Returns the name of the replica that answered. */
async function call(client: RpcClient<typeof AccessServiceService>): Promise<string> {
  const request = { username: 'ann', client: undefined, continuation: Buffer.alloc(0), proof: undefined };
  const { outcome } = await client.unary('authenticate', request, { timeoutMs: 5_000, waitForReady: true });
  return outcome?.$case === 'refused' ? outcome.value.message : 'another outcome';
}

/** Calls one after the other until `isOver`. Returns the names of the replicas that answered. A call that fails rejects. */
async function callUntil(client: RpcClient<typeof AccessServiceService>, isOver: (names: readonly string[]) => boolean): Promise<string[]> {
  const names: string[] = [];
  const latest = performance.now() + 15_000;
  while (!isOver(names) && performance.now() < latest) names.push(await call(client));
  return names;
}

const has = (name: string) => (names: readonly string[]) => names.at(-1) === name;

describe('several addresses in a list', () => {
  it('share the calls of one client, and the others answer when one is gone', async () => {
    const [one, two] = [await aReplica('one', '127.0.0.1', 0), await aReplica('two', '127.0.0.1', 0)];
    const client = aClient(`127.0.0.1:${one.port},127.0.0.1:${two.port}`);
    await callUntil(client, (names) => new Set(names).size === 2);
    const names = await callUntil(client, ({ length }) => length === 40);
    expect(names.filter((name) => name === 'one')).toHaveLength(20);
    const stopped = one.server.shutdown(1_000);
    expect((await callUntil(client, ({ length }) => length === 100)).filter((name) => name === 'two').length).toBeGreaterThan(95);
    await stopped;
  });
});

describe('a name in DNS', () => {
  it('is looked up again when connections reach their age, so that new replicas get calls; no call fails, and a stream goes on', async () => {
    const port = await freePort();
    const dns = await aDnsServer(['127.0.0.1']);
    open.push(() => dns.close());
    await aReplica('one', '127.0.0.1', port, 1_000);
    await aReplica('two', '127.0.0.2', port, 1_000);
    const address = `dns://127.0.0.1:${dns.port}/core.test:${port}`;
    const client = aClient(address);
    const streaming = createClient(IngestServiceService, address, { credentials: gateway, peer: 'core' });
    open.push(() => streaming.close());
    await streaming.waitForReady(5_000);
    const stream = streaming.bidi('ingest', {});
    const acks = stream[Symbol.asyncIterator]();
    const echo = async (): Promise<unknown> => {
      await stream.write({ message: { $case: 'close', value: { sessionId: 's', lastSeq: 0n, link: Buffer.alloc(0) } } });
      return (await acks.next()).value?.message?.value.sessionId;
    };
    expect([await call(client), await echo()]).toEqual(['one', 'one']);
    dns.addresses = ['127.0.0.1', '127.0.0.2'];
    expect((await callUntil(client, has('two'))).at(-1)).toBe('two');
    dns.addresses = ['127.0.0.2'];
    const later = await callUntil(client, (names) => names.length > 50 && new Set(names.slice(-50)).size === 1);
    expect(later.at(-1)).toBe('two');
    expect(await echo()).toBe('one');
    stream.end();
  });

  it('is looked up at once when its address has vanished', async () => {
    const port = await freePort();
    const dns = await aDnsServer(['127.0.0.1']);
    open.push(() => dns.close());
    const { server } = await aReplica('one', '127.0.0.1', port);
    const client = aClient(`dns://127.0.0.1:${dns.port}/core.test:${port}`);
    expect(await call(client)).toBe('one');
    await aReplica('two', '127.0.0.2', port);
    dns.addresses = ['127.0.0.2'];
    await server.shutdown(0);
    const startedAt = performance.now();
    expect(await call(client)).toBe('two');
    expect(performance.now() - startedAt).toBeLessThan(3_000);
  });
});
