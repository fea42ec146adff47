import { runSsh } from '@sallyport/testkit';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { aGateway, type TestGateway } from './a-gateway.js';

/** Calls of timers, for all sessions and connections together. */
const OF_TIMERS = ['renewLeases', 'checkSignIns'];

let g: TestGateway;
beforeAll(async () => {
  g = await aGateway();
});
afterAll(() => g.stop());

const runTrue = async (): Promise<string[]> => {
  const [calls, closed] = [g.core.calls.length, g.core.closed.length];
  expect(await runSsh({ ...g.alice(), command: 'true' })).toMatchObject({ code: 0 });
  await vi.waitFor(() => expect(g.core.closed).toHaveLength(closed + 1), 5_000);
  return g.core.calls.slice(calls).filter((call) => !OF_TIMERS.includes(call));
};

it('a login with a command is four calls to core: begin, proof, session, end', async () => {
  // The host key of the asset is reported once.
  expect(await runTrue()).toContain('reportHostKey');
  g.core.assets[0]!.pinned = g.core.reportedKeys;
  expect(await runTrue()).toEqual(['authenticate', 'authenticate', 'openSession', 'closeSession']);
});
