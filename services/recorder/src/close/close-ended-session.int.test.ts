import { EndReason } from '@sallyport/proto-gen/access/v1/session';
import type { SessionEnded } from '@sallyport/proto-gen/session/v1/session_event';
import { fakeClock } from '@sallyport/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import { AGateway } from '../../test/a-gateway.js';
import { type ARecorder, aRecorder } from '../../test/a-recorder.js';
import { ASession } from '../../test/a-session.js';
import { manifestOf } from '../../test/stored.js';
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
