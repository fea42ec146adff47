import { createMetrics, startHealthServer, type HealthServer } from '@sallyport/telemetry';
import { afterEach, expect, it } from 'vitest';
import type { Problems } from '../messages.js';
import { fleetChecks, fleetFacts, type ProcessesInView } from './fleet-health.js';

let health: HealthServer;
afterEach(() => health.close());

const aSlot = (name: string, problems?: Problems): ProcessesInView['slots'][number] => ({
  name,
  child: {
    pid: 100 + Number(name),
    order: { gatewayId: `gw.${name}`, address: '', spoolMaxBytes: 0, terminalThreads: 1 },
    crypto: problems && 'native',
    report: problems && {
      connections: 3,
      sessions: 2,
      utilisation: 0.1,
      loopBlocks: 0,
      problems,
      recording: { unackedBytes: 1, spooledBytes: 2, dropped: 0 },
    },
  },
});

async function readyz(...slots: ProcessesInView['slots'][number][]): Promise<{ status: number; body: unknown }> {
  const fleet = { crypto: 'native', slots };
  health = await startHealthServer({
    service: 'gateway',
    host: '127.0.0.1',
    port: 0,
    metrics: createMetrics('x'),
    checks: fleetChecks(fleet),
    facts: () => fleetFacts(fleet),
  });
  const answer = await fetch(`http://127.0.0.1:${health.port}/readyz`);
  return { status: answer.status, body: await answer.json() };
}

it('the gateway is ready when one data process is ready, and shows the problems of the others', async () => {
  const { status, body } = await readyz(
    aSlot('1', { core: 'no answer', recorder: undefined }),
    aSlot('2', { core: undefined, recorder: undefined, nats: undefined }),
    aSlot('3'),
    { name: '4', child: undefined },
  );
  expect(status).toBe(200);
  expect(body).toMatchObject({ ready: true, checks: { core: 'ok', recorder: 'ok', nats: 'ok' }, crypto: 'native' });
  expect((body as { processes: unknown }).processes).toMatchObject([
    { process: '1', gateway: 'gw.1', pid: 101, state: 'serving', problems: { core: 'no answer' }, sessions: 2, connections: 3 },
    { process: '2', gateway: 'gw.2', state: 'serving', problems: {} },
    { process: '3', gateway: 'gw.3', state: 'starting' },
    { process: '4', state: 'died; a new one is about to start' },
  ]);
});

it('it is not ready when each data process has a problem, also if the problems differ', async () => {
  expect(await readyz(aSlot('1', { core: 'no answer' }), aSlot('2', { nats: 'refused' }))).toMatchObject({
    status: 503,
    body: { checks: { core: 'no answer', nats: 'ok' } },
  });
});

it('it is not ready while no data process serves', async () => {
  expect(await readyz(aSlot('1'))).toMatchObject({
    status: 503,
    body: { checks: { core: 'no data process serves', recorder: 'no data process serves', nats: 'no data process serves' } },
  });
});
