import { readFile } from 'node:fs/promises';
import { connectBus, connectivityTestRequested, type Bus } from '@sallyport/bus';
import { systemClock } from '@sallyport/context';
import { AppError } from '@sallyport/errors';
import { HostKeyVerdict } from '@sallyport/proto-gen/access/v1/session';
import {
  ConnectivityOutcome,
  TasksServiceService,
  type CheckHostKeyRequest,
  type CheckHostKeyResponse,
  type ClaimConnectivityTestResponse,
  type ReportConnectivityTestRequest,
} from '@sallyport/proto-gen/task/v1/tasks';
import { createClient, meshCredentials, RpcServer, type RpcClient } from '@sallyport/rpc';
import { createLogger, createMetrics } from '@sallyport/telemetry';
import { aNats, anSshd, freePort, workFolder, type TestNats, type TestSshd, type WorkFolder } from '@sallyport/testkit';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startWorker } from '../src/compose.js';

const logger = createLogger({ service: 'worker-test', level: 'silent' });

class TaskFinished extends AppError {
  readonly code = 'TASK_FINISHED';
  readonly kind = 'conflict';
}

class CoreBusy extends AppError {
  readonly code = 'CORE_BUSY';
  readonly kind = 'unavailable';
}

let folder: WorkFolder;
let nats: TestNats;
let sshd: TestSshd;
let server: RpcServer;
let core: RpcClient<typeof TasksServiceService>;
let bus: Bus;
let worker: { stop(): Promise<void> };
const claims = new Map<string, () => ClaimConnectivityTestResponse>();
/** Answers of core about host keys; trusted where a test says nothing. */
const verdicts = new Map<string, () => CheckHostKeyResponse>();
const checked: CheckHostKeyRequest[] = [];
const reports: ReportConnectivityTestRequest[] = [];
const claimed: string[] = [];
const beats: string[] = [];

beforeAll(async () => {
  [folder, nats, sshd] = await Promise.all([workFolder('worker'), aNats(), anSshd()]);
  const { mesh } = nats;
  server = new RpcServer({ credentials: meshCredentials(mesh.core), logger }).add(
    TasksServiceService,
    {
      claimConnectivityTest: async (_ctx, { taskId }) => {
        claimed.push(taskId);
        const claim = claims.get(taskId);
        if (!claim) throw new TaskFinished('It is finished');
        return claim();
      },
      checkHostKey: async (_ctx, request) => {
        checked.push(request);
        return verdicts.get(request.taskId)?.() ?? { verdict: HostKeyVerdict.TRUSTED, problem: '' };
      },
      reportConnectivityTest: async (_ctx, report) => {
        reports.push(report);
        return {};
      },
      heartbeat: async (_ctx, { workerId }) => {
        beats.push(workerId);
        return {};
      },
    },
    { allow: ['worker'] },
  );
  const port = await server.listen('127.0.0.1', 0);
  core = createClient(TasksServiceService, `127.0.0.1:${port}`, { credentials: meshCredentials(mesh.worker), peer: 'core' });
  bus = connectBus({ ...nats.as(), logger });
  worker = startWorker({ id: 'w-1', concurrency: 2, bus, core, clock: systemClock, logger, metrics: createMetrics('worker') });
});

afterAll(async () => {
  await worker.stop();
  await bus.close();
  core.close();
  await server.shutdown(500);
  await Promise.all([sshd.remove(), nats.remove()]);
  await folder.remove();
});

const byKey = async (): Promise<ClaimConnectivityTestResponse> => {
  const [login] = sshd.logins;
  const pem = await readFile(login.privateKeyFile, 'utf8');
  return {
    address: '127.0.0.1',
    port: sshd.port,
    credential: { username: login.username, secret: { $case: 'privateKey', value: { pem } } },
    hostKeys: [],
  };
};

const pinned = (line: string) => {
  const [algorithm = '', blob = ''] = line.split(' ');
  return { algorithm, blob: Buffer.from(blob, 'base64') };
};

/** Requests a test as core does, and waits for its report. */
async function test(taskId: string, claim: ClaimConnectivityTestResponse): Promise<ReportConnectivityTestRequest> {
  claims.set(taskId, () => claim);
  await bus.publish(connectivityTestRequested, { taskId }, { id: taskId });
  return vi.waitFor(() => reports.find((each) => each.taskId === taskId) ?? Promise.reject(new Error('no report')), 20_000);
}

it('sends heartbeats to core', () => vi.waitFor(() => expect(beats).toContain('w-1'), 10_000));

describe('connectivity test', () => {
  it('logs in with the key and reports that', async () => {
    expect(await test('t-key', await byKey())).toMatchObject({ outcome: ConnectivityOutcome.OK, detail: '' });
  });

  it('logs in with the password where the server accepts one', async () => {
    const [login] = sshd.logins;
    if (!login.password) return expect(process.getuid?.()).not.toBe(0); // without root sshd can't check passwords
    const claim = await byKey();
    const credential = { username: login.username, secret: { $case: 'password' as const, value: login.password } };
    expect(await test('t-password', { ...claim, credential })).toMatchObject({ outcome: ConnectivityOutcome.OK });
  });

  it('accepts each of the asset’s keys when it is the pinned one', async () => {
    for (const [at, line] of sshd.hostKeys.entries()) {
      expect(await test(`t-pinned-${at}`, { ...(await byKey()), hostKeys: [pinned(line)] }), line).toMatchObject({
        outcome: ConnectivityOutcome.OK,
      });
    }
  });

  it.each([
    ['changed', HostKeyVerdict.CHANGED, ConnectivityOutcome.HOST_KEY_CHANGED],
    ['unknown', HostKeyVerdict.UNKNOWN, ConnectivityOutcome.HOST_KEY_UNKNOWN],
    ['unspecified', HostKeyVerdict.UNSPECIFIED, ConnectivityOutcome.HOST_KEY_CHANGED],
  ])('sends no secret to an asset whose host key core calls %s, and reports what core says of it', async (name, verdict, outcome) => {
    const before = await logins();
    const [login] = sshd.logins;
    const credential = { username: login.username, secret: { $case: 'password' as const, value: login.password ?? 'a password' } };
    for (const claim of [await byKey(), { ...(await byKey()), credential }]) {
      const taskId = `t-${name}-${claim.credential?.secret?.$case}`;
      verdicts.set(taskId, () => ({ verdict, problem: 'what to do' }));
      expect(await test(taskId, claim)).toMatchObject({ outcome, detail: 'what to do' });
      const presented = checked.find((each) => each.taskId === taskId)?.hostKey?.blob.toString('base64');
      expect(sshd.hostKeys.some((line) => line.includes(presented ?? 'none'))).toBe(true);
    }
    expect(await logins()).toBe(before);
  });

  it('sends no secret while core can not judge the host key, and tries again', async () => {
    const before = await logins();
    let tries = 0;
    verdicts.set('t-unjudged', () => {
      if (tries++ === 0) throw new CoreBusy('later');
      return { verdict: HostKeyVerdict.CHANGED, problem: 'another key' };
    });
    expect(await test('t-unjudged', await byKey())).toMatchObject({ outcome: ConnectivityOutcome.HOST_KEY_CHANGED, detail: 'another key' });
    expect(tries).toBe(2);
    expect(await logins()).toBe(before);
  });

  it('reports a refused secret and an unreachable asset as different outcomes, without quoting the secret', async () => {
    const claim = await byKey();
    const wrong = await test('t-wrong', {
      ...claim,
      credential: { username: claim.credential?.username ?? '', secret: { $case: 'password', value: 'hunter2-hunter2' } },
    });
    expect(wrong).toMatchObject({ outcome: ConnectivityOutcome.AUTH_FAILED });
    expect(wrong.detail).not.toContain('hunter2');
    const port = await freePort();
    expect(await test('t-down', { ...claim, port })).toMatchObject({
      outcome: ConnectivityOutcome.UNREACHABLE,
      detail: `127.0.0.1:${port}: ECONNREFUSED`,
    });
    const ipv6 = await test('t-down-6', { ...claim, address: '::1', port });
    expect(ipv6.detail).toContain(`[::1]:${port}: `);
  });

  it('reports that a stored key is broken rather than failing without end', async () => {
    const claim = await byKey();
    const credential = { username: 'x', secret: { $case: 'privateKey' as const, value: { pem: 'not a key' } } };
    expect(await test('t-broken', { ...claim, credential })).toMatchObject({ outcome: ConnectivityOutcome.AUTH_FAILED });
  });

  it('leaves a finished task alone, and tries again while core is away', async () => {
    await bus.publish(connectivityTestRequested, { taskId: 't-finished' }, { id: 't-finished' });
    const claim = await byKey();
    let tries = 0;
    claims.set('t-busy', () => {
      if (tries++ === 0) throw new CoreBusy('later');
      return claim;
    });
    await bus.publish(connectivityTestRequested, { taskId: 't-busy' }, { id: 't-busy' });
    await vi.waitFor(() => expect(reports.map(({ taskId }) => taskId)).toContain('t-busy'), 20_000);
    expect(claimed.filter((id) => id === 't-finished')).toHaveLength(1);
    expect(reports.map(({ taskId }) => taskId)).not.toContain('t-finished');
  });
});

const logins = async (): Promise<number> => ((await readFile(sshd.logFile, 'utf8')).match(/(Accepted|Failed) \w+ for/g) ?? []).length;
