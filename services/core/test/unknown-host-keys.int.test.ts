import { HostKeyVerdict } from '@sallyport/proto-gen/access/v1/session';
import { TasksServiceService } from '@sallyport/proto-gen/task/v1/tasks';
import { createClient, meshCredentials } from '@sallyport/rpc';
import { makeSshKey } from '@sallyport/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { aCore, type TestCore } from './a-core.js';
import { identity, rpcAddress, TestGateway } from './a-gateway.js';
import { aWorkplace, PASSWORD } from './some-people.js';

let core: TestCore;
beforeAll(async () => {
  core = await aCore({ CORE_UNKNOWN_HOST_KEYS: 'refuse' });
});
afterAll(() => core.stop());

const OPTIONS = { timeoutMs: 20_000 };
const aHostKey = async () => {
  const [algorithm = '', blob = ''] = (await makeSshKey('ed25519', 'host')).publicKey.split(' ');
  return { algorithm, blob: Buffer.from(blob, 'base64') };
};

it('where first keys are not pinned by themselves, an unknown one is refused until an admin has approved it, in sessions and tests', async () => {
  const place = await aWorkplace(core);
  const hostKey = await aHostKey();
  const gateway = new TestGateway(core);
  const worker = createClient(TasksServiceService, rpcAddress(core), { credentials: meshCredentials(core.mesh.worker), peer: 'core' });
  const { sessionId } = await gateway.grant(identity(await gateway.password(place.username, PASSWORD)), place.asset);
  const asSession = async () => (await gateway.access.unary('reportHostKey', { sessionId, hostKey }, OPTIONS)).verdict;
  const { json } = await core.call('POST', `accounts/accounts/${place.accountId}/test-connectivity`, { token: core.admin });
  const taskId = json['id'] ?? '';
  await worker.unary('claimConnectivityTest', { taskId, workerId: 'w' }, OPTIONS);
  const inTest = () => worker.unary('checkHostKey', { taskId, hostKey }, OPTIONS);

  expect(await asSession()).toBe(HostKeyVerdict.UNKNOWN);
  const { verdict, problem } = await inTest();
  expect(verdict).toBe(HostKeyVerdict.UNKNOWN);
  expect(problem).toMatch(/which is not approved\. No secret was sent\./);
  expect(await place.admin.list(`assets/hosts/${place.assetId}/host-keys`)).toEqual([]);
  expect(await place.admin.list(`audits/events?resource=${place.assetId}&type=host-key.unknown`)).toHaveLength(2);

  // As the problem says.
  const [, path = '', body = ''] = /POST \/api\/v1\/(\S+) (\{.*\})/.exec(problem) ?? [];
  expect((await core.call('POST', path, { token: core.admin, body })).status).toBe(201);
  expect(await asSession()).toBe(HostKeyVerdict.TRUSTED);
  expect((await inTest()).verdict).toBe(HostKeyVerdict.TRUSTED);
  worker.close();
  gateway.close();
});
