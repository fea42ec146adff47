import { connectBus, sessionEnded, workerConnectivity, type Bus, type Consuming } from '@sallyport/bus';
import { uuidv7 } from '@sallyport/context';
import { EndReason, HostKeyVerdict } from '@sallyport/proto-gen/access/v1/session';
import { ConnectivityOutcome, TasksServiceService } from '@sallyport/proto-gen/task/v1/tasks';
import { createClient, meshCredentials, type RpcClient } from '@sallyport/rpc';
import { createLogger } from '@sallyport/telemetry';
import { aNats, makeSshKey, withClient, type MeshIdentity, type TestNats } from '@sallyport/testkit';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { aCore, type TestCore } from './a-core.js';
import { identity, rpcAddress, TestGateway } from './a-gateway.js';
import { aWorkplace, PASSWORD } from './some-people.js';

let nats: TestNats;
let core: TestCore;
let bus: Bus;
let worker: RpcClient<TasksServiceService>;
/** Task ids that a worker has heard of. */
const heard: string[] = [];
let consuming: Consuming;

const OPTIONS = { timeoutMs: 20_000 };
const soon = { timeout: 20_000, interval: 50 };
const asPeer = (mesh: MeshIdentity) =>
  createClient(TasksServiceService, rpcAddress(core), { credentials: meshCredentials(mesh), peer: 'core' });

beforeAll(async () => {
  nats = await aNats();
  core = await aCore({ NATS_URL: nats.url }, nats.mesh);
  bus = connectBus({ ...nats.as(), logger: createLogger({ service: 'test', level: 'silent' }) });
  worker = asPeer(core.mesh.worker);
  const handle = async (batch: readonly { message: { taskId: string } }[]): Promise<void> =>
    void heard.push(...batch.map(({ message }) => message.taskId));
  consuming = bus.consume({ consumer: workerConnectivity, batchSize: 1, maxDeliveries: 3, handle });
});
afterAll(async () => {
  worker.close();
  await consuming.stop();
  await bus.close();
  await core.stop();
  await nats.remove();
});

type Workplace = Awaited<ReturnType<typeof aWorkplace>>;

async function aTask(): Promise<{ place: Workplace; taskId: string }> {
  const place = await aWorkplace(core);
  const answer = await core.call('POST', `accounts/accounts/${place.accountId}/test-connectivity`, { token: core.admin });
  expect(answer).toMatchObject({ status: 202, json: { state: 'queued', account: place.accountId, created_by: 'admin', outcome: null } });
  return { place, taskId: answer.json['id'] ?? '' };
}

const claim = (taskId: string, workerId = 'worker-1') => worker.unary('claimConnectivityTest', { taskId, workerId }, OPTIONS);
const report = (taskId: string, outcome: ConnectivityOutcome, detail = '') =>
  worker.unary('reportConnectivityTest', { taskId, outcome, detail, durationMs: 120 }, OPTIONS);
const checkKey = (taskId: string, hostKey: { algorithm: string; blob: Buffer }) =>
  worker.unary('checkHostKey', { taskId, hostKey }, OPTIONS);
const aHostKey = async () => {
  const [algorithm = '', blob = ''] = (await makeSshKey('ed25519', 'host')).publicKey.split(' ');
  return { algorithm, blob: Buffer.from(blob, 'base64') };
};
const taskOf = async (taskId: string) => (await core.call('GET', `ops/tasks/${taskId}`, { token: core.admin })).json;
const accountOf = async ({ accountId }: Workplace) =>
  (await core.call('GET', `accounts/accounts/${accountId}`, { token: core.admin })).json;

describe('a connectivity test', () => {
  it('reaches a worker with all that it needs, and its result is in the task and on the account', async () => {
    const { place, taskId } = await aTask();
    expect(await accountOf(place)).toMatchObject({ connectivity: 'unknown', connectivity_checked_at: null, connectivity_error: null });
    await vi.waitFor(() => expect(heard).toContain(taskId), soon);
    expect(await claim(taskId)).toEqual({
      address: place.address,
      port: 2200,
      hostKeys: [],
      credential: { username: 'root', secret: { $case: 'password', value: 'the secret of root' } },
    });
    expect(await taskOf(taskId)).toMatchObject({ state: 'running', date_started: expect.any(String) });
    await report(taskId, ConnectivityOutcome.OK);
    expect(await taskOf(taskId)).toMatchObject({ state: 'succeeded', outcome: 'ok', duration_ms: 120, date_finished: expect.any(String) });
    expect(await accountOf(place)).toMatchObject({
      connectivity: 'ok',
      connectivity_checked_at: expect.any(String),
      connectivity_error: null,
    });
    const events = await place.admin.list(`audits/events?type=account.connectivity-tested&search=${place.asset}`);
    expect(events).toMatchObject([{ outcome: 'success', resource: { kind: 'account', id: place.accountId } }]);
  });

  it.each([
    [ConnectivityOutcome.UNREACHABLE, 'unreachable', 'connect ECONNREFUSED'],
    [ConnectivityOutcome.AUTH_FAILED, 'auth_failed', ''],
    [ConnectivityOutcome.HOST_KEY_CHANGED, 'host_key_changed', 'SHA256:x'],
  ] as const)('that failed (%s) says %s on the account', async (outcome, name, detail) => {
    const { place, taskId } = await aTask();
    await claim(taskId);
    await report(taskId, outcome, detail);
    expect(await taskOf(taskId)).toMatchObject({ state: 'failed', outcome: name, detail });
    expect(await accountOf(place)).toMatchObject({ connectivity: 'failed', connectivity_error: detail || name });
  });

  it('may be claimed again until it is done; the same result again changes nothing, another one is refused', async () => {
    const { taskId } = await aTask();
    await claim(taskId, 'worker-1');
    await claim(taskId, 'worker-2');
    await report(taskId, ConnectivityOutcome.OK);
    const done = await taskOf(taskId);
    await report(taskId, ConnectivityOutcome.OK);
    expect(await taskOf(taskId)).toEqual(done);
    await expect(report(taskId, ConnectivityOutcome.AUTH_FAILED)).rejects.toMatchObject({ code: 'TASK_FINISHED', kind: 'conflict' });
    await expect(claim(taskId)).rejects.toMatchObject({ code: 'TASK_FINISHED', kind: 'conflict' });
  });

  it('that is not claimed takes no result, nor an unknown outcome', async () => {
    const { taskId } = await aTask();
    await expect(report(taskId, ConnectivityOutcome.OK)).rejects.toMatchObject({ code: 'TASK_NOT_CLAIMED' });
    await claim(taskId);
    await expect(report(taskId, ConnectivityOutcome.UNSPECIFIED)).rejects.toMatchObject({ code: 'REQUEST_OUT_OF_BOUNDS' });
  });

  it('carries the pinned host keys', async () => {
    const { place, taskId } = await aTask();
    const gateway = new TestGateway(core);
    const { sessionId } = await gateway.grant(identity(await gateway.password(place.username, PASSWORD)), place.asset);
    const [algorithm = '', blob = ''] = (await makeSshKey('ed25519', 'host')).publicKey.split(' ');
    const hostKey = { algorithm, blob: Buffer.from(blob, 'base64') };
    await gateway.access.unary('reportHostKey', { sessionId, hostKey }, OPTIONS);
    expect((await claim(taskId)).hostKeys).toEqual([hostKey]);
    gateway.close();
  });

  it('pins the first key before a secret is sent, and refuses another with a message; the task has its fingerprint', async () => {
    const { place, taskId } = await aTask();
    const [first, other] = [await aHostKey(), await aHostKey()];
    await expect(checkKey(taskId, first)).rejects.toMatchObject({ code: 'TASK_NOT_CLAIMED' });
    await claim(taskId);
    expect(await checkKey(taskId, first)).toEqual({ verdict: HostKeyVerdict.TRUSTED, problem: '' });
    expect(await place.admin.list(`assets/hosts/${place.assetId}/host-keys`)).toMatchObject([
      { public_key: `ssh-ed25519 ${first.blob.toString('base64')}`, pinned_by_session: null },
    ]);
    expect(await checkKey(taskId, other)).toEqual({
      verdict: HostKeyVerdict.CHANGED,
      problem: expect.stringMatching(/presented the host key ssh-ed25519 SHA256:.*, and its pinned keys are .*No secret was sent/),
    });
    await report(taskId, ConnectivityOutcome.HOST_KEY_CHANGED, 'x');
    expect(await taskOf(taskId)).toMatchObject({ outcome: 'host_key_changed', host_key: expect.stringMatching(/^SHA256:/) });
    expect(await place.admin.list(`audits/events?resource=${place.assetId}&order=seq`)).toMatchObject([
      { type: 'asset.created' },
      { type: 'host-key.pinned', outcome: 'success', actor: { name: 'admin' }, facts: { task: taskId } },
      { type: 'host-key.changed', outcome: 'refused', facts: { task: taskId } },
    ]);
    await expect(checkKey(taskId, first)).rejects.toMatchObject({ code: 'TASK_FINISHED' });
  });

  it('of an account that was deleted meanwhile ends', async () => {
    const { place, taskId } = await aTask();
    await core.call('DELETE', `accounts/accounts/${place.accountId}`, { token: core.admin });
    await expect(claim(taskId)).rejects.toMatchObject({ code: 'TASK_FINISHED' });
    expect(await taskOf(taskId)).toMatchObject({ state: 'failed', account: null, detail: 'The account was deleted' });
  });

  it.each([
    ['queued', '20 minutes', 'No worker took it in time'],
    ['running', '3 minutes', 'The worker that took it did not report in time'],
  ])('that stays %s for %s is given up', async (state, age, detail) => {
    const { taskId } = await aTask();
    if (state === 'running') await claim(taskId);
    const column = state === 'running' ? 'date_started' : 'date_created';
    await withClient(core.postgres.coreUrl, (client) =>
      client.query(`UPDATE core.task SET ${column} = now() - $2::interval WHERE id = $1`, [taskId, age]),
    );
    await vi.waitFor(async () => expect(await taskOf(taskId)).toMatchObject({ state: 'failed', outcome: null, detail }), {
      timeout: 20_000,
      interval: 500,
    });
    await expect(report(taskId, ConnectivityOutcome.OK)).rejects.toMatchObject({ code: 'TASK_FINISHED' });
  });

  it('is for admins to ask for and for workers to do', async () => {
    const { place, taskId } = await aTask();
    const token = await core.signIn(place.username, PASSWORD);
    expect((await core.call('POST', `accounts/accounts/${place.accountId}/test-connectivity`, { token })).status).toBe(403);
    expect((await core.call('GET', `ops/tasks/${taskId}`, { token })).status).toBe(403);
    expect(await core.call('POST', `accounts/accounts/${uuidv7()}/test-connectivity`, { token: core.admin })).toMatchObject({
      status: 404,
      json: { error: { code: 'ACCOUNT_NOT_FOUND' } },
    });
    expect(await core.call('GET', `ops/tasks/${uuidv7()}`, { token: core.admin })).toMatchObject({
      status: 404,
      json: { error: { code: 'TASK_NOT_FOUND' } },
    });
    const gateway = asPeer(core.mesh.gateway);
    await expect(gateway.unary('claimConnectivityTest', { taskId, workerId: 'x' }, OPTIONS)).rejects.toMatchObject({
      code: 'PEER_NOT_ALLOWED',
    });
    gateway.close();
  });

  it('leaves no secret on NATS or in a log', async () => {
    const { taskId } = await aTask();
    await vi.waitFor(() => expect(heard).toContain(taskId), soon);
    await claim(taskId);
    expect(core.log.join('')).not.toContain('the secret of root');
  });
});

describe('sessions on NATS', () => {
  it('their end is published, and an order to end one reaches its gateway at once', async () => {
    const place = await aWorkplace(core);
    const gateway = new TestGateway(core);
    const orders: unknown[] = [];
    const facts: unknown[] = [];
    const listening = bus.subscribeTerminate(gateway.id, (order) => void orders.push(order));
    const handle = async (batch: readonly { message: { sessionId: string } }[]): Promise<void> =>
      void facts.push(...batch.map(({ message }) => message));
    const consumer = await nats.addConsumer('test-ends', sessionEnded);
    const consuming = bus.consume({ consumer, batchSize: 10, maxDeliveries: 1, handle });
    const { sessionId, orgId } = await gateway.grant(identity(await gateway.password(place.username, PASSWORD)), place.asset);
    await core.call('POST', `terminal/sessions/${sessionId}/terminate`, { token: core.admin, body: { message: 'Enough' } });
    await vi.waitFor(() => expect(orders).toEqual([{ sessionId, message: 'Enough', requestedBy: 'admin' }]), soon);
    await gateway.access.unary(
      'closeSession',
      { sessionId, reason: EndReason.TERMINATED, detail: '', lastSeq: 12n, link: Buffer.alloc(0), endedAt: undefined },
      OPTIONS,
    );
    await vi.waitFor(
      () =>
        expect(facts).toContainEqual({
          sessionId,
          orgId,
          reason: EndReason.TERMINATED,
          endedAt: expect.any(Date),
          lastSeq: 12n,
          link: Buffer.alloc(0),
        }),
      soon,
    );
    listening.stop();
    await consuming.stop();
    gateway.close();
  });

  it('with NATS away sessions begin and end, are terminated at the renewal, and what happened is published later', async () => {
    const place = await aWorkplace(core);
    const gateway = new TestGateway(core);
    const me = identity(await gateway.password(place.username, PASSWORD));
    await nats.stop();
    const { sessionId } = await gateway.grant(me, place.asset);
    expect((await core.call('POST', `terminal/sessions/${sessionId}/terminate`, { token: core.admin, body: {} })).status).toBe(202);
    expect(await gateway.renew(sessionId)).toMatchObject([{ sessionId, reason: EndReason.TERMINATED }]);
    await gateway.access.unary(
      'closeSession',
      { sessionId, reason: EndReason.TERMINATED, detail: '', lastSeq: 3n, link: Buffer.alloc(0), endedAt: undefined },
      OPTIONS,
    );
    nats = await nats.restart();
    const facts: string[] = [];
    const handle = async (batch: readonly { message: { sessionId: string } }[]): Promise<void> =>
      void facts.push(...batch.map(({ message }) => message.sessionId));
    const later = await nats.addConsumer('test-later', sessionEnded);
    const consumer = bus.consume({ consumer: later, batchSize: 10, maxDeliveries: 1, handle });
    await vi.waitFor(() => expect(facts).toContain(sessionId), { timeout: 30_000, interval: 100 });
    await consumer.stop();
    gateway.close();
  });
});
