import { EndReason } from '@sallyport/proto-gen/access/v1/session';
import type { SessionEnded } from '@sallyport/proto-gen/session/v1/session_event';
import { fakeClock } from '@sallyport/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import { AGateway } from '../../test/a-gateway.js';
import { type ARecorder, aRecorder } from '../../test/a-recorder.js';
import { ASession } from '../../test/a-session.js';
import { manifestOf, namesOf } from '../../test/stored.js';
import { closeEndedSession } from './close-ended-session.js';
import { RecordingStillOpen } from './session-ended.errors.js';

let recorder: ARecorder;
afterEach(() => recorder.remove());

const ended = (session: ASession, reason: EndReason, endedAt = new Date()): SessionEnded => ({
  sessionId: session.id,
  orgId: 'org',
  reason,
  endedAt,
  lastSeq: 0n,
  link: Buffer.alloc(0),
});

async function stored(session: ASession): Promise<void> {
  const gateway = new AGateway(recorder).open(session).batch(session);
  await gateway.until(session, { durable: session.lastSeq });
  await gateway.cut();
}

const cut = (): ASession => new ASession().shell().command('one').output('x').command('two');

const { LOST, FINISHED } = EndReason;
const LONG_AGO = new Date(Date.now() - 3_600_000);

describe('the recording of an ended session is compared with what core knows', () => {
  const known = (session: ASession, lastSeq: bigint, reason = LOST, link = session.link(Number(lastSeq))): SessionEnded => ({
    ...ended(session, reason, LONG_AGO),
    lastSeq,
    link,
  });
  const removeNewest = async (session: ASession): Promise<void> => {
    const names = await namesOf(recorder.store, session.id);
    await recorder.store.delete(`sessions/${session.id}/${names.at(-1)!}`);
  };
  /** Stores frames 1 to 3 and 4 to 5 in a segment each. */
  const inTwoSegments = async (session: ASession): Promise<void> => {
    const gateway = new AGateway(recorder).open(session).batch(session, 1, 3);
    await gateway.until(session, { durable: 3n });
    gateway.batch(session, 4);
    await gateway.until(session, { durable: 5n });
    await gateway.cut();
  };
  const idle = () => ({ ...recorder, clock: fakeClock(Date.now() + 3_600_000) });

  it.each<[string, bigint]>([
    ['as far as core knows it', 5n],
    ['further than core knows it: its gateway died before it could report', 3n],
  ])('and is the one that was stored, %s', async (_, lastSeq) => {
    recorder = await aRecorder();
    const session = cut();
    await inTwoSegments(session);
    await closeEndedSession(recorder, known(session, lastSeq));
    expect(recorder.altered).toEqual([]);
  });

  it('and is reported if a thief of the bucket removed its newest segment before it was closed', async () => {
    recorder = await aRecorder();
    const session = cut();
    await inTwoSegments(session);
    await removeNewest(session);
    await closeEndedSession(recorder, known(session, 5n));
    expect(await manifestOf(recorder.store, session.id)).toMatchObject({ state: 'lost', last_seq: 3 });
    expect(recorder.altered).toEqual([
      {
        ...{ sessionId: session.id, why: '5 frames were stored, it has 3: its end is missing' },
        ...{ knownSeq: 5n, knownLink: session.link(Number(5n)), foundSeq: 3n, foundLink: Buffer.alloc(0) },
      },
    ]);
  });

  it('and is reported if nothing of it is left', async () => {
    recorder = await aRecorder();
    const session = cut();
    await closeEndedSession(recorder, known(session, 5n));
    expect(recorder.altered).toMatchObject([{ why: '5 frames were stored, it has 0: its end is missing', foundSeq: 0n }]);
  });

  it.each([5n, 4n])('and is reported if its frames are others, of the same number; core knows frame %s', async (lastSeq) => {
    recorder = await aRecorder();
    const session = cut();
    await inTwoSegments(session);
    await closeEndedSession(recorder, known(session, lastSeq, LOST, Buffer.alloc(32, 9)));
    const foundLink = session.link(Number(lastSeq));
    expect(recorder.altered).toMatchObject([{ why: expect.stringContaining('their hash chain is another'), foundSeq: 5n, foundLink }]);
  });

  it('and is reported if it was closed before with fewer frames', async () => {
    recorder = await aRecorder();
    const session = cut();
    await stored(session);
    await closeEndedSession(recorder, ended(session, LOST));
    const more = session.output('the rest').lastSeq;
    await closeEndedSession(recorder, known(session, more));
    expect(recorder.altered).toMatchObject([{ knownSeq: more, foundSeq: 5n }]);
  });

  it('and passes while the end of an orderly session may still be in the spool of its gateway', async () => {
    recorder = await aRecorder();
    const session = cut();
    await inTwoSegments(session);
    await removeNewest(session);
    await closeEndedSession(idle(), known(session, 5n, FINISHED));
    expect(recorder.altered).toEqual([]);
  });

  it.each([LOST, FINISHED])(
    'and is reported, once, if a thief of the bucket put something else in place of its manifest (%s)',
    async (reason) => {
      recorder = await aRecorder();
      const session = cut();
      await inTwoSegments(session);
      await recorder.store.put(`sessions/${session.id}/manifest.json`, Buffer.from('not a manifest'));
      await closeEndedSession(idle(), known(session, 5n, reason));
      expect(recorder.altered).toMatchObject([{ knownSeq: 5n, foundSeq: 0n, why: expect.stringContaining('manifest.json') }]);
    },
  );

  it('and is reported if an orderly session has more frames than its gateway sent', async () => {
    recorder = await aRecorder();
    const session = cut();
    await inTwoSegments(session);
    await closeEndedSession(idle(), known(session, 3n, FINISHED));
    expect(recorder.altered).toMatchObject([{ why: 'it has 5 frames, the gateway sent 3: frames were added' }]);
  });
});

describe('a session that ended', () => {
  it('as lost is closed at once, and its commands are published again', async () => {
    recorder = await aRecorder();
    const session = cut();
    await stored(session);
    recorder.bus.published.length = 0;
    await closeEndedSession(recorder, ended(session, EndReason.LOST));
    expect(await manifestOf(recorder.store, session.id)).toMatchObject({ state: 'lost', last_seq: 5 });
    expect(recorder.bus.published.map(({ id }) => id).sort()).toEqual([...session.commandIds].sort());
  });

  it('as lost may be reported twice', async () => {
    recorder = await aRecorder();
    const session = cut();
    await stored(session);
    await closeEndedSession(recorder, ended(session, EndReason.LOST));
    await closeEndedSession(recorder, ended(session, EndReason.LOST));
    expect(await manifestOf(recorder.store, session.id)).toMatchObject({ generation: 1 });
  });

  it('as lost is closed by one recorder while another still writes: nothing is lost', async () => {
    recorder = await aRecorder();
    const session = cut();
    const gateway = new AGateway(recorder).open(session).batch(session, 1, 3);
    await gateway.until(session, { durable: 3n });
    await closeEndedSession(recorder, ended(session, EndReason.LOST));
    session.end();
    gateway.batch(session, 4).close(session);
    await gateway.until(session, { closed: true });
    expect(await manifestOf(recorder.store, session.id)).toMatchObject({ generation: 2, state: 'closed', last_seq: 6 });
    await gateway.end();
  });

  it('in order is left to its gateway, until it was not written to for a minute', async () => {
    const clock = fakeClock(Date.now());
    recorder = await aRecorder();
    const session = cut();
    await stored(session);
    const parts = { ...recorder, clock };
    const event = ended(session, EndReason.FINISHED, new Date(clock.now()));
    await expect(closeEndedSession(parts, event)).rejects.toBeInstanceOf(RecordingStillOpen);
    await clock.advance(61_000);
    await closeEndedSession(parts, event);
    expect(await manifestOf(recorder.store, session.id)).toMatchObject({ last_seq: 5 });
  });

  it('in order and is still being written here is left alone, however long it takes', async () => {
    const clock = fakeClock(Date.now() + 3_600_000);
    recorder = await aRecorder();
    const session = cut();
    const gateway = new AGateway(recorder).open(session).batch(session);
    await gateway.until(session, { durable: 5n });
    await expect(closeEndedSession({ ...recorder, clock }, ended(session, EndReason.FINISHED))).rejects.toBeInstanceOf(RecordingStillOpen);
    await gateway.end();
  });

  it('in order is closed although its recording was refused and the stream of its gateway goes on', async () => {
    const clock = fakeClock(Date.now() + 3_600_000);
    recorder = await aRecorder();
    const session = cut();
    const gateway = new AGateway(recorder).open(session).batch(session);
    gateway.send({ $case: 'close', value: { sessionId: session.id, lastSeq: session.lastSeq, link: Buffer.alloc(32, 1) } });
    await gateway.until(session, { code: 'RECORDING_CHAIN_BROKEN' });
    await closeEndedSession({ ...recorder, clock }, ended(session, EndReason.UNRECORDABLE));
    expect(await manifestOf(recorder.store, session.id)).toMatchObject({ state: 'lost', last_seq: 5 });
    await gateway.end();
  });

  it('before anything was stored leaves nothing, without an error', async () => {
    recorder = await aRecorder();
    const session = new ASession();
    await closeEndedSession(recorder, ended(session, EndReason.LOST));
    await closeEndedSession(recorder, ended(session, EndReason.FINISHED, new Date(Date.now() - 120_000)));
    expect(await manifestOf(recorder.store, session.id)).toBeUndefined();
  });

  it('with an id that is a path is refused for good', async () => {
    recorder = await aRecorder();
    const event = ended(new ASession({ session_id: '../x' }), EndReason.LOST);
    await expect(closeEndedSession(recorder, event)).rejects.toMatchObject({ kind: 'invalid' });
  });
});
