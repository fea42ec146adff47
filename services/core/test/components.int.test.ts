import { freePort } from '@sallyport/testkit';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { withClient } from '@sallyport/testkit';
import { aCore, type TestCore } from './a-core.js';
import { TestGateway } from './a-gateway.js';
import { FakeRecorder } from './some-peers.js';
import { TestAdmin } from './some-people.js';

let core: TestCore;
let recorderPort: number;
let recorder: { stop(): Promise<void> };
let gateway: TestGateway;

beforeAll(async () => {
  recorderPort = await freePort();
  const indexerPort = await freePort();
  core = await aCore({ CORE_RECORDER_ADDRESS: `127.0.0.1:${recorderPort}`, CORE_INDEXER_ADDRESS: `127.0.0.1:${indexerPort}` });
  recorder = await new FakeRecorder().start(core, recorderPort);
  gateway = new TestGateway(core);
});
afterAll(async () => {
  gateway.close();
  await recorder.stop();
  await core.stop();
});

const components = async () =>
  (await new TestAdmin(core).list('terminal/components?order=kind')).map(({ id, kind, address, is_alive, session_count }) => ({
    id,
    kind,
    address,
    is_alive,
    session_count,
  }));

it('lists live processes: core itself, gateways by their heartbeat, and peers that answer with their own certificate', async () => {
  await gateway.renew();
  const recorderAddress = `127.0.0.1:${recorderPort}`;
  await vi.waitFor(
    async () => {
      expect(await components()).toEqual([
        { id: expect.stringMatching(/^core-/), kind: 'core', address: '', is_alive: true, session_count: 0 },
        { id: gateway.id, kind: 'gateway', address: '127.0.0.1:2222', is_alive: true, session_count: 0 },
        { id: `recorder-${recorderAddress}`, kind: 'recorder', address: recorderAddress, is_alive: true, session_count: 0 },
      ]);
    },
    { timeout: 30_000, interval: 500 },
  );
});

it('shows a silent process as not alive, and deletes it after a day', async () => {
  await gateway.renew();
  const silentFor = (age: string) =>
    withClient(core.postgres.coreUrl, (client) =>
      client.query(`UPDATE core.component SET date_last_seen = now() - $2::interval WHERE id = $1`, [gateway.id, age]),
    );
  const mine = async () => (await components()).filter(({ id }) => id === gateway.id);
  await silentFor('46 seconds');
  expect(await mine()).toMatchObject([{ is_alive: false }]);
  await gateway.renew();
  expect(await mine()).toMatchObject([{ is_alive: true }]);
  await silentFor('25 hours');
  await vi.waitFor(async () => expect(await mine()).toEqual([]), { timeout: 20_000, interval: 500 });
});
