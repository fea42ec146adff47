import { AppError } from '@sallyport/errors';
import { createLogger, createMetrics } from '@sallyport/telemetry';
import { AccessServiceService } from '@sallyport/proto-gen/access/v1/access_service';
import { IngestServiceService, type IngestResponse } from '@sallyport/proto-gen/recording/v1/ingest';
import { PlaybackServiceService } from '@sallyport/proto-gen/recording/v1/playback';
import { makeMeshCertificates } from '@sallyport/backing';
import { workFolder, type WorkFolder } from '@sallyport/testkit';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createClient } from './client/rpc-client.js';
import { meshCredentials, type MeshCredentials } from './credentials.js';
import type { RpcCtx } from './server/call-context.js';
import type { Handlers } from './server/handlers.js';
import { RpcServer } from './server/rpc-server.js';

const logger = createLogger({ service: 'rpc-test', level: 'silent' });
const metrics = createMetrics('core');

class SessionGone extends AppError {
  readonly code = 'SESSION_GONE';
  readonly kind = 'conflict';
}

let folder: WorkFolder;
let mesh: Record<'core' | 'gateway' | 'worker', MeshCredentials>;
let strangers: MeshCredentials;
let port: number;
let server: RpcServer;
const seen: RpcCtx[] = [];
let acked = 0;
let sent = 0;
let hasStopped = false;
let ingestSignal: AbortSignal | undefined;

const access: Handlers<typeof AccessServiceService> = {
  authenticate: async (ctx, request) => {
    seen.push(ctx);
    return { outcome: { $case: 'refused', value: { code: 'NO', message: request.username } } };
  },
  listGranted: async () => {
    throw new TypeError('secret detail of a bug');
  },
  openSession: () => new Promise(() => {}),
  reportHostKey: async () => ({ verdict: 1 }),
  renewLeases: async () => ({ end: [], isListNeeded: false }),
  reportFailedSignIns: () => Promise.reject(new Error('not used')),
  checkSignIns: async () => ({ revoked: [] }),
  closeSession: async (_ctx, request) => {
    throw new SessionGone(`Session "${request.sessionId}" is gone`, { session: request.sessionId, attempts: 2 });
  },
};

beforeAll(async () => {
  folder = await workFolder('rpc');
  const load = async (directory: string) => {
    const files = await makeMeshCertificates(directory, ['core', 'gateway', 'worker']);
    return { core: meshCredentials(files.core), gateway: meshCredentials(files.gateway), worker: meshCredentials(files.worker) };
  };
  mesh = await load(`${folder.path}/mesh`);
  strangers = (await load(`${folder.path}/strangers`)).gateway;
  server = new RpcServer({ credentials: mesh.core, logger, metrics })
    .add(AccessServiceService, access, { allow: ['gateway'] })
    .add(
      IngestServiceService,
      {
        ingest: async (ctx, requests, out) => {
          ingestSignal = ctx.signal;
          for await (const request of requests) {
            if (request.message?.$case === 'batch') await out.write(ackOf(request.message.value.firstSeq));
            acked++;
            await new Promise((resolve) => setTimeout(resolve, 1));
          }
        },
      },
      { allow: ['gateway'] },
    )
    .add(
      PlaybackServiceService,
      {
        describe: () => Promise.reject(new SessionGone('no')),
        readFrames: async function* () {
          try {
            for (let i = 0; i < 2_000; i++) {
              sent++;
              yield { frames: Buffer.alloc(64 * 1024) };
            }
          } finally {
            hasStopped = true;
          }
        },
        readBytes: async function* () {
          yield { data: Buffer.from('first') };
          throw new SessionGone('cut off', { at: 5 });
        },
        readAsciicast: async function* () {},
        readBundle: async function* () {},
      },
      { allow: ['gateway'] },
    );
  port = await server.listen('127.0.0.1', 0);
});

afterAll(async () => {
  await server.shutdown(500);
  await folder.remove();
});

const ackOf = (durableSeq: bigint): IngestResponse => ({
  message: { $case: 'ack', value: { sessionId: 's', durableSeq, publishedSeq: 0n, closed: false, link: Buffer.alloc(0) } },
});
const client = (credentials = mesh.gateway, peer = 'core') =>
  createClient(AccessServiceService, `127.0.0.1:${port}`, { credentials, peer });
const request = { username: 'ann', client: undefined, continuation: Buffer.alloc(0), proof: undefined };

describe('unary calls', () => {
  it('carry the message, the caller’s verified name and the request id', async () => {
    const calls = client();
    const answer = await calls.unary('authenticate', request, { timeoutMs: 2_000, requestId: 'req-1' });
    expect(answer).toEqual({ outcome: { $case: 'refused', value: { code: 'NO', message: 'ann' } } });
    expect(seen.at(-1)).toMatchObject({ peer: 'gateway', requestId: 'req-1' });
    calls.close();
  });

  it('return an error with code, kind, message and facts', async () => {
    const calls = client();
    const failure = calls.unary(
      'closeSession',
      { sessionId: 's-9', reason: 1, detail: '', lastSeq: 0n, link: Buffer.alloc(0), endedAt: undefined },
      { timeoutMs: 2_000 },
    );
    await expect(failure).rejects.toMatchObject({
      code: 'SESSION_GONE',
      kind: 'conflict',
      message: 'Session "s-9" is gone',
      facts: { session: 's-9', attempts: 2 },
    });
    calls.close();
  });

  it('do not send the details of a bug to a peer', async () => {
    const calls = client();
    const failure = await calls
      .unary('listGranted', { identityToken: Buffer.alloc(0), search: '', limit: 1, offset: 0 }, { timeoutMs: 2_000 })
      .catch((error: unknown) => error as AppError);
    expect(failure).toMatchObject({ code: 'INTERNAL_ERROR', kind: 'bug' });
    expect((failure as AppError).message).not.toContain('secret detail');
    calls.close();
  });

  it('end at their deadline as unavailable', async () => {
    const calls = client();
    const open = calls.unary(
      'openSession',
      { identityToken: Buffer.alloc(0), target: undefined, client: undefined, sessionId: '' },
      { timeoutMs: 200 },
    );
    await expect(open).rejects.toMatchObject({ code: 'PEER_TOO_SLOW', kind: 'unavailable' });
    calls.close();
  });
});

describe('metrics', () => {
  const value = async (of: typeof metrics, name: string, ...labels: string[]): Promise<number> => {
    const line = (await of.text()).split('\n').find((one) => one.startsWith(`${name}{`) && labels.every((label) => one.includes(label)));
    return Number(line?.split(' ').at(-1) ?? 0);
  };

  it('count the calls of each method by gRPC status, and how long they took', async () => {
    const method = 'method="sallyport.access.v1.AccessService/ReportHostKey"';
    const before = await value(metrics, 'rpc_requests_total', method, 'code="OK"');
    const calls = client();
    const found = { sessionId: 's', algorithm: '', key: Buffer.alloc(0), identityToken: Buffer.alloc(0), assetId: '' };
    await calls.unary('reportHostKey', found as never, { timeoutMs: 2_000 });
    calls.close();
    const stranger = client(mesh.worker);
    await stranger.unary('reportHostKey', found as never, { timeoutMs: 2_000 }).catch(() => undefined);
    stranger.close();
    expect(await value(metrics, 'rpc_requests_total', method, 'code="OK"')).toBe(before + 1);
    expect(await value(metrics, 'rpc_requests_total', method, 'code="PERMISSION_DENIED"')).toBeGreaterThan(0);
    expect(await value(metrics, 'rpc_duration_seconds_count', method)).toBeGreaterThan(before);
  });

  it('count the calls that fail by the peer that was called', async () => {
    const own = createMetrics('gateway');
    const calls = createClient(AccessServiceService, '127.0.0.1:1', { credentials: mesh.gateway, peer: 'core', metrics: own });
    await calls.unary('authenticate', request, { timeoutMs: 1_000 }).catch(() => undefined);
    calls.close();
    expect(await value(own, 'rpc_client_errors_total', 'peer="core"', 'kind="unavailable"')).toBe(1);
  });
});

describe('mutual TLS', () => {
  it('refuses a known service at a method of other services', async () => {
    const calls = client(mesh.worker);
    await expect(calls.unary('authenticate', request, { timeoutMs: 2_000 })).rejects.toMatchObject({
      code: 'PEER_NOT_ALLOWED',
      kind: 'forbidden',
    });
    calls.close();
  });

  it('refuses a certificate of another authority', async () => {
    const calls = client(strangers);
    await expect(calls.unary('authenticate', request, { timeoutMs: 2_000 })).rejects.toMatchObject({ kind: 'unavailable' });
    calls.close();
  });

  it('refuses a server that is not the expected service', async () => {
    const calls = client(mesh.gateway, 'recorder');
    await expect(calls.unary('authenticate', request, { timeoutMs: 2_000 })).rejects.toMatchObject({ kind: 'unavailable' });
    calls.close();
  });
});

describe('streams', () => {
  it('go both ways and end when the caller ends', async () => {
    const calls = createClient(IngestServiceService, `127.0.0.1:${port}`, { credentials: mesh.gateway, peer: 'core' });
    const call = calls.bidi('ingest', {});
    for (let seq = 1n; seq <= 5n; seq++)
      await call.write({ message: { $case: 'batch', value: { sessionId: 's', firstSeq: seq, frames: Buffer.alloc(10) } } });
    call.end();
    const acks: bigint[] = [];
    for await (const response of call) if (response.message?.$case === 'ack') acks.push(response.message.value.durableSeq);
    expect(acks).toEqual([1n, 2n, 3n, 4n, 5n]);
    calls.close();
  });

  it('slow the sender down when the receiver is slow', async () => {
    const calls = createClient(IngestServiceService, `127.0.0.1:${port}`, { credentials: mesh.gateway, peer: 'core' });
    const call = calls.bidi('ingest', {});
    acked = 0;
    let written = 0;
    const frames = Buffer.alloc(64 * 1024);
    const until = Date.now() + 300;
    while (Date.now() < until) {
      await call.write({ message: { $case: 'batch', value: { sessionId: 's', firstSeq: 1n, frames } } });
      written++;
    }
    expect(written - acked).toBeLessThan(64);
    call.cancel();
    await vi.waitFor(() => expect(ingestSignal?.aborted).toBe(true), 5_000);
    calls.close();
  });

  it('stop producing when the reader stops reading', async () => {
    const calls = createClient(PlaybackServiceService, `127.0.0.1:${port}`, { credentials: mesh.gateway, peer: 'core' });
    sent = 0;
    hasStopped = false;
    for await (const _ of calls.serverStream('readFrames', { sessionId: 's', fromUs: 0n, toUs: 0n }, {})) break;
    await vi.waitFor(() => expect(hasStopped).toBe(true), 5_000);
    expect(sent).toBeLessThan(200);
    calls.close();
  });

  it('return the messages before an error, then the error', async () => {
    const calls = createClient(PlaybackServiceService, `127.0.0.1:${port}`, { credentials: mesh.gateway, peer: 'core' });
    const got: string[] = [];
    const reading = (async () => {
      for await (const { data } of calls.serverStream('readBytes', { sessionId: 's', offset: 0n, length: 0n }, {}))
        got.push(data.toString());
    })();
    await expect(reading).rejects.toMatchObject({ code: 'SESSION_GONE', facts: { at: 5 } });
    expect(got).toEqual(['first']);
    calls.close();
  });
});
