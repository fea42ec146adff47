import { freePort } from '@sallyport/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { aCore, type TestCore } from './a-core.js';
import { FakeIndexer, PeerRefusal } from './some-peers.js';

let core: TestCore;
let indexer: FakeIndexer;
let port: number;
beforeAll(async () => {
  port = await freePort();
  core = await aCore({ CORE_INDEXER_ADDRESS: `127.0.0.1:${port}` });
  indexer = new FakeIndexer();
});
afterAll(() => core.stop());

const search = () => core.call('GET', 'terminal/commands?search=ls', { token: core.admin });

it('an indexer that is not there is named, with what to do', async () => {
  expect(await search()).toMatchObject({ status: 503, json: { error: { code: 'INDEXER_UNAVAILABLE', message: expect.stringContaining('None are lost') } } });
});

it('what the indexer says of its own trouble reaches the one who asks', async () => {
  const running = await indexer.start(core, port);
  indexer.refusal = new PeerRefusal('COMMAND_SEARCH_TOO_SLOW', 'unavailable', 'The search took longer than 10 s and was stopped: narrow it down');
  expect(await search()).toMatchObject({ status: 503, json: { error: { code: 'COMMAND_SEARCH_TOO_SLOW', message: 'The search took longer than 10 s and was stopped: narrow it down' } } });
  await running.stop();
});
