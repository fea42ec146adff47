import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { nullStore } from '@sallyport/object-store';
import { encodePayload, FrameKind } from '@sallyport/recording-format';
import { untilStill, waitUntil } from '@sallyport/testkit';
import { describe, expect, it } from 'vitest';
import { AGateway } from '../../test/a-gateway.js';
import { FakeBus, guarded, recordersOfTests } from '../../test/a-recorder.js';
import { ASession } from '../../test/a-session.js';
import { manifestOf, namesOf, readAll } from '../../test/stored.js';

const recorderWith = recordersOfTests();

const work = (session = new ASession()): ASession => session.shell().output('$ ').command('ls').output('a b c\r\n').command('exit').end();

describe('ingest', () => {
  it('stores, publishes and closes, and reports each', async () => {
    const recorder = await recorderWith();
    const session = work();
    const gateway = new AGateway(recorder).open(session);
    await gateway.until(session, { durable: 0n, published: 0n, closed: false });
    gateway.batch(session, 1, 3).batch(session, 4);
    await gateway.until(session, { durable: 7n, published: 7n, closed: false });
    gateway.close(session);
    await gateway.until(session, { closed: true });
    expect(recorder.bus.inputs).toEqual(['ls', 'exit']);
    expect((await readAll(recorder, session.id)).equals(session.bytes())).toBe(true);
    expect(await manifestOf(recorder.store, session.id)).toMatchObject({
      state: 'closed',
      last_seq: 7,
      generation: 1,
      channels: [{ channel: 1, kind: 'shell' }],
    });
    expect((await namesOf(recorder.store, session.id)).map((name) => name.slice(0, 5))).toEqual(['manif', 'part-']);
    await gateway.end();
    expect(recorder.active.count).toBe(0);
  });

  it('releases a session when it is closed and published, though the stream lives on', async () => {
    const bus = new FakeBus();
    bus.isAway = true;
    const recorder = await recorderWith({ bus });
    const session = work();
    const gateway = new AGateway(recorder).open(session).batch(session).close(session);
    await gateway.until(session, { closed: true, published: 3n });
    expect(recorder.active.count).toBe(1); // its commands are still to be published
    bus.isAway = false;
    await gateway.until(session, { closed: true, published: 7n });
    expect(await waitUntil(async () => recorder.active.count === 0, 1_000, 5)).toBe(true);
    // The answer may not have reached the gateway: another stream begins anew.
    gateway.open(session).batch(session, 4, 4).close(session);
    await gateway.until(session, { closed: true, durable: 7n });
    await gateway.end();
    expect(new Set(bus.inputs)).toEqual(new Set(['ls', 'exit']));
    expect((await readAll(recorder, session.id)).equals(session.bytes())).toBe(true);
  });

  it('publishes a command before its segment is stored', async () => {
    const gate = Promise.withResolvers<void>();
    const recorder = await recorderWith({ wrap: (store) => guarded(store, (call) => (call === 'put' ? gate.promise : undefined)) });
    const session = work();
    const gateway = new AGateway(recorder).open(session).batch(session);
    await gateway.until(session, { durable: 0n, published: 7n });
    gate.resolve();
    await gateway.until(session, { durable: 7n });
    await gateway.end();
  });

  it('stores received frames when the stream breaks, and reports the position to the next stream', async () => {
    const recorder = await recorderWith();
    const session = work();
    const first = new AGateway(recorder).open(session).batch(session, 1, 5);
    await waitUntil(async () => recorder.budget.heldBytes > 0, 1_000, 1);
    await first.cut();
    const second = new AGateway(recorder).open(session);
    await second.until(session, { durable: 5n, published: 0n });
    second.batch(session, 3).close(session);
    await second.until(session, { closed: true });
    expect((await readAll(recorder, session.id)).equals(session.bytes())).toBe(true);
    await second.end();
  });

  it('stores nothing twice, however often it is sent', async () => {
    const recorder = await recorderWith();
    const session = work();
    const gateway = new AGateway(recorder).open(session);
    for (let times = 0; times < 3; times++) gateway.batch(session).batch(session, 2, 4).batch(session, 7, 7);
    gateway.close(session).close(session);
    await gateway.until(session, { closed: true });
    expect(await manifestOf(recorder.store, session.id)).toMatchObject({ size_bytes: session.bytes().length, generation: 1 });
    expect(recorder.bus.inputs).toEqual(['ls', 'exit']);
    await gateway.end();
  });

  it('publishes a command that is sent again alone, though its frame is stored', async () => {
    const bus = new FakeBus();
    bus.isAway = true;
    const recorder = await recorderWith({ bus });
    const session = work();
    const first = new AGateway(recorder).open(session).batch(session);
    await first.until(session, { durable: 7n, published: 3n });
    recorder.publishing.stop(); // the process dies, and nothing publishes the events that it held
    await first.cut();

    const other = await recorderWith({ directory: recorder.directory });
    const second = new AGateway(other).open(session);
    await second.until(session, { durable: 7n, published: 0n });
    second.batch(session, 4, 4).batch(session, 6, 6);
    await second.until(session, { published: 6n });
    expect(other.bus.inputs).toEqual(['ls', 'exit']);
    await second.end();
  });

  it('lets the stream that opened last have the session: frames that the other still held do no harm', async () => {
    const [gate, hangs] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    let isSlow = true;
    const recorder = await recorderWith({
      wrap: (store) =>
        guarded(store, (call) => {
          if (call !== 'put' || !isSlow) return undefined;
          hangs.resolve();
          return gate.promise;
        }),
    });
    const session = work();
    const old = new AGateway(recorder).open(session).batch(session, 1, 3);
    await hangs.promise;
    isSlow = false;
    const next = new AGateway(recorder).open(session);
    await next.until(session, { durable: 0n });
    next.batch(session);
    await next.until(session, { durable: 7n });
    gate.resolve(); // the late put lands after the longer one of the same first number
    next.close(session);
    await next.until(session, { closed: true });
    expect((await readAll(recorder, session.id)).equals(session.bytes())).toBe(true);
    expect(recorder.budget.heldBytes).toBe(0);
    await Promise.all([old.cut(), next.end()]);
  });

  it('goes on when the store fails for a while, acknowledging nothing meanwhile', async () => {
    let isDown = false;
    let failures = 0;
    const recorder = await recorderWith({
      wrap: (store) =>
        guarded(store, () => {
          if (!isDown) return;
          failures += 1;
          throw new Error('store is down');
        }),
    });
    const session = work();
    const gateway = new AGateway(recorder).open(session);
    await gateway.until(session, { durable: 0n });
    isDown = true;
    gateway.batch(session).close(session);
    await gateway.until(session, { published: 7n });
    expect(await waitUntil(async () => failures > 1, 10_000, 5)).toBe(true);
    expect(gateway.last(session)).toMatchObject({ durable: 0n, closed: false });
    isDown = false;
    await gateway.until(session, { durable: 7n, closed: true });
    await gateway.end();
  });

  it('stops reading while the store is behind, and holds no more than its bound', async () => {
    const gate = Promise.withResolvers<void>();
    const recorder = await recorderWith({
      unstoredBytes: 300_000,
      wrap: (store) => guarded(store, (call) => (call === 'put' ? gate.promise : undefined)),
    });
    const session = new ASession();
    for (let at = 0; at < 60; at++) session.output(Buffer.alloc(50_000));
    const gateway = new AGateway(recorder).open(session);
    for (let at = 1; at <= session.frames.length; at++) gateway.batch(session, at, at);
    await waitUntil(async () => recorder.budget.heldBytes >= 300_000, 2_000, 5);
    await untilStill(() => gateway.taken);
    expect(recorder.budget.heldBytes).toBeLessThan(360_000);
    expect(gateway.taken).toBeLessThan(12);
    gate.resolve();
    await gateway.until(session, { durable: session.lastSeq });
    await gateway.end();
  });

  it.each([
    ['a flipped byte', 'FRAME_CORRUPT', (session: ASession) => ({ firstSeq: 1n, frames: Buffer.from(session.bytes()).fill(0x7f, 40, 41) })],
    ['a cut frame', 'FRAME_TRUNCATED', (session: ASession) => ({ firstSeq: 1n, frames: session.bytes().subarray(0, -1) })],
    ['a hole before it', 'FRAME_HOLE', (session: ASession) => ({ firstSeq: 3n, frames: session.bytes(3) })],
    [
      'a hole in it',
      'FRAME_HOLE',
      (session: ASession) => ({ firstSeq: 1n, frames: Buffer.concat([session.bytes(1, 2), session.bytes(4)]) }),
    ],
    ['a wrong label', 'BATCH_MISLABELLED', (session: ASession) => ({ firstSeq: 1n, frames: session.bytes(2) })],
    ['another session’s beginning', 'RECORDING_SESSION_MISMATCH', () => ({ firstSeq: 1n, frames: new ASession().bytes() })],
  ])('rejects a batch with %s, for good', async (_, code, batch) => {
    const recorder = await recorderWith();
    const session = work();
    const gateway = new AGateway(recorder).open(session);
    await gateway.until(session, { durable: 0n });
    gateway.send({ $case: 'batch', value: { sessionId: session.id, ...batch(session) } });
    await gateway.until(session, { code });
    gateway.batch(session).close(session);
    const later = work(); // the stream is in order: once this one is closed, what came before has been handled
    gateway.open(later).batch(later).close(later);
    await gateway.until(later, { closed: true });
    expect(gateway.last(session)).toEqual({ code });
    expect(await namesOf(recorder.store, session.id)).toEqual([]);
    await gateway.end();
  });

  it('rejects sessions that were not opened, bad metadata and ids that are paths; other sessions of the stream go on', async () => {
    const recorder = await recorderWith();
    const [good, unopened, wrong, path] = [work(), work(), work(), new ASession({ session_id: '../../etc' })];
    const gateway = new AGateway(recorder).open(good).batch(unopened).open(path);
    const meta = Buffer.from(encodePayload(FrameKind.session, good.meta));
    gateway.send({ $case: 'open', value: { sessionId: wrong.id, meta, isNew: false } });
    gateway.batch(good).close(good);
    await gateway.until(good, { closed: true });
    await gateway.until(unopened, { code: 'RECORDING_NOT_OPEN' });
    await gateway.until(wrong, { code: 'RECORDING_SESSION_MISMATCH' });
    await gateway.until(path, { code: 'SESSION_ID_INVALID' });
    await gateway.end();
  });

  it('rejects a close at a frame that was never sent', async () => {
    const recorder = await recorderWith();
    const session = work();
    const gateway = new AGateway(recorder).open(session).batch(session, 1, 4).close(session);
    await gateway.until(session, { code: 'RECORDING_CLOSE_EARLY' });
    await gateway.end();
  });

  it('keeps frames that come after the session was closed as lost, under a manifest that names the one before', async () => {
    const recorder = await recorderWith();
    const session = work();
    const first = new AGateway(recorder).open(session).batch(session, 1, 4);
    await first.until(session, { durable: 4n });
    await first.cut();
    expect(await recorder.closing.close(session.id)).toMatchObject({ state: 'lost', last_seq: 4 });

    const late = new AGateway(recorder).open(session);
    await late.until(session, { durable: 4n, closed: false });
    late.batch(session, 5).close(session);
    await late.until(session, { closed: true });
    const manifest = await manifestOf(recorder.store, session.id);
    expect(manifest).toMatchObject({ generation: 2, state: 'closed', last_seq: 7, previous: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect((await namesOf(recorder.store, session.id)).map((name) => name.slice(0, 15))).toEqual([
      'manifest-000001',
      'manifest.json',
      'part-0000000000',
      'part-0000000000',
    ]);
    expect((await readAll(recorder, session.id)).equals(session.bytes())).toBe(true);
    await late.end();
  });

  it('works with a store that keeps nothing, wherever a session begins', async () => {
    const recorder = await recorderWith({ wrap: () => nullStore() });
    const session = work();
    const gateway = new AGateway(recorder).open(session).batch(session, 4).close(session);
    await gateway.until(session, { durable: 7n, published: 7n, closed: true });
    await gateway.end();
  });

  it('does not mistake a stray file for frames', async () => {
    const recorder = await recorderWith();
    const session = work();
    await mkdir(join(recorder.directory, 'sessions', session.id), { recursive: true });
    await writeFile(join(recorder.directory, 'sessions', session.id, 'seg-1-99.spr'), 'x');
    const gateway = new AGateway(recorder).open(session);
    await gateway.until(session, { durable: 0n });
    await gateway.end();
  });
});
