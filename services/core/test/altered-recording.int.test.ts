import { connectBus, recordingAltered, type Bus } from '@sallyport/bus';
import type { RecordingAltered } from '@sallyport/proto-gen/session/v1/session_event';
import { createLogger } from '@sallyport/telemetry';
import { aNats, type TestNats } from '@sallyport/testkit';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { aCore, type TestCore } from './a-core.js';
import { identity, TestGateway } from './a-gateway.js';
import { aWorkplace, PASSWORD } from './some-people.js';

let nats: TestNats;
let core: TestCore;
/** The bus as a recorder sees it. */
let bus: Bus;
let sessionId: string;

beforeAll(async () => {
  nats = await aNats();
  core = await aCore({ NATS_URL: nats.url }, nats.mesh);
  bus = connectBus({ ...nats.as('recorder'), logger: createLogger({ service: 'test', level: 'silent' }) });
  const gateway = new TestGateway(core);
  const place = await aWorkplace(core);
  sessionId = (await gateway.grant(identity(await gateway.password(place.username, PASSWORD)), place.asset)).sessionId;
  gateway.close();
});
afterAll(async () => {
  await bus.close();
  await core.stop();
  await nats.remove();
});

const soon = { timeout: 20_000, interval: 50 };
const found = (changes: Partial<RecordingAltered> = {}): RecordingAltered => ({
  ...{ sessionId, why: '5 frames were stored, it has 3: its end is missing' },
  ...{ knownSeq: 5n, knownLink: Buffer.alloc(32, 1), foundSeq: 3n, foundLink: Buffer.alloc(0) },
  ...changes,
});
const report = (message: RecordingAltered, id: string) => bus.publish(recordingAltered, message, { id });
const events = async () =>
  (await core.call('GET', 'audits/events?type=session.recording-altered&limit=9', { token: core.admin })).json['results'] as unknown as {
    facts: object;
  }[];

describe('a recording that a recorder finds to be shorter than core knows', () => {
  it('is in the audit log, with what core knew and what is there, and in the detail of its session; once, however often it is reported', async () => {
    await report(found(), 'first');
    await vi.waitFor(async () => expect(await events()).toHaveLength(1), soon);
    const why = '5 frames were stored, it has 3: its end is missing';
    const [known, there] = [
      { last_seq: 5, link: '01'.repeat(32) },
      { last_seq: 3, link: '' },
    ];
    expect((await events())[0]).toMatchObject({ resource: { id: sessionId }, facts: { why, found_by: 'recorder', known, found: there } });
    const { json } = await core.call('GET', `terminal/sessions/${sessionId}`, { token: core.admin });
    expect(json['detail']).toBe(`recording altered: ${why}`);
    await report(found(), 'again');
    await report(found({ why: 'another reason\u001b[2J' }), 'another');
    await vi.waitFor(async () => expect(await events()).toHaveLength(2), soon);
    expect((await core.call('GET', `terminal/sessions/${sessionId}`, { token: core.admin })).json['detail']).not.toContain('\u001b');
  });

  it.each(['not an id', '00000000-0000-7000-8000-000000000000'])(
    'of a session that core does not know (%s) holds up no other report',
    async (id) => {
      await report(found({ sessionId: id }), `unknown ${id}`);
      const why = `behind ${id}`;
      await report(found({ why }), why);
      await vi.waitFor(
        async () => expect((await events()).map(({ facts }) => facts)).toContainEqual(expect.objectContaining({ why })),
        soon,
      );
    },
  );
});
