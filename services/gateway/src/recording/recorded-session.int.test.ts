import { randomBytes } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { HashChain } from '@sallyport/crypto/hash-chain';
import type { Ack } from '@sallyport/proto-gen/recording/v1/ingest';
import { decodeFrames, decodePayload, type Frame, frameChainSeed, FrameKind } from '@sallyport/recording-format';
import { createLogger } from '@sallyport/telemetry';
import { aSessionMeta, fakeClock, type FakeClock, workFolder, type WorkFolder } from '@sallyport/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Mode, RecordedSession } from './recorded-session.js';
import { RECORDING_LIMITS, RecordingLoad, type RecordingLimits } from './recording-limits.js';
import { SpoolFolder } from './spool/spool-folder.js';
import { SpoolSpace } from './spool/spool-space.js';

const logger = createLogger({ service: 'gateway-test', level: 'silent' });
let folder: WorkFolder;
let clock: FakeClock;
let load: RecordingLoad;
let space: SpoolSpace;
let dropped: number;

beforeEach(async () => {
  folder = await workFolder('recorded');
  clock = fakeClock();
  load = new RecordingLoad();
  space = new SpoolSpace(1_000_000);
  dropped = 0;
});
afterEach(() => folder.remove());

const LIMITS: RecordingLimits = {
  ...RECORDING_LIMITS,
  sessionBytes: 100_000,
  totalBytes: 1e9,
  patienceMs: 3_000,
  graceMs: 60_000,
  handOverMs: 5_000,
};

async function aSession(mode: Mode): Promise<RecordedSession> {
  const meta = aSessionMeta({ session_id: 's-1', started_at: new Date(clock.now() - 250).toISOString() });
  const spool = new SpoolFolder(folder.path, { clock, logger, space });
  await spool.touch();
  return new RecordedSession(meta, mode, {
    clock,
    logger,
    limits: LIMITS,
    load,
    folder: spool,
    space,
    markPending: () => undefined,
    onDropped: (bytes) => (dropped += bytes),
    onRefused: () => undefined,
  });
}

/** Returns bytes that do not shrink. */
const kilobytes = (count: number): Buffer => randomBytes(count * 1000);
/** Waits until bytes that come fast are a frame. */
const joined = (): Promise<void> => clock.advance(50);
const ack = (durable: bigint, published = durable, closed = false): Ack => ({
  sessionId: 's-1',
  durableSeq: durable,
  publishedSeq: published,
  closed,
  link: Buffer.alloc(0),
});

/** Returns the messages of the session on a new stream whose recorder has `durable` frames. */
async function sent(session: RecordedSession, durable = 0n): Promise<Frame[]> {
  session.restart();
  await session.next();
  session.acked(ack(durable, 0n));
  const frames: Frame[] = [];
  for (let message = await session.next(); message !== undefined; message = await session.next()) {
    if (message.message?.$case === 'batch') frames.push(...decodeFrames(message.message.value.frames));
  }
  return frames;
}

describe('a recorded session', () => {
  it('numbers frames from its metadata on, times them from the session’s start and splits long output', async () => {
    const session = await aSession('strict');
    await clock.advance(1_000);
    session.append(1, FrameKind.output, kilobytes(170));
    session.append(1, FrameKind.stderr, Buffer.alloc(0));
    const frames = await sent(session);
    expect(
      frames.map(({ seq, timeUs, kind, payload }) => [Number(seq), timeUs, kind, kind === FrameKind.session ? 0 : payload.length]),
    ).toEqual([
      [1, 250_000, FrameKind.session, 0],
      [2, 1_250_000, FrameKind.output, 32_768],
      [3, 1_250_000, FrameKind.output, 131_072],
      [4, 1_250_000, FrameKind.output, 6_160],
      [5, 1_250_000, FrameKind.stderr, 0],
    ]);
  });

  it('sends commands that may be unpublished before new frames, though their own frames are durable', async () => {
    const session = await aSession('strict');
    const command = (id: string): Buffer =>
      Buffer.from(JSON.stringify({ id, kind: 'typed', input: 'x', output: '', risk_level: 'accept', started_us: 0, ended_us: 0 }));
    session.append(1, FrameKind.command, command('a'));
    session.append(1, FrameKind.output, kilobytes(1));
    session.append(1, FrameKind.command, command('b'));
    session.append(1, FrameKind.output, kilobytes(1));
    session.acked(ack(5n, 2n));
    session.append(1, FrameKind.output, kilobytes(1));
    expect((await sent(session, 5n)).map(({ seq }) => Number(seq))).toEqual([4, 6]);
  });
});

describe('the chain over the frames of a session', () => {
  it('is compared with every acknowledgement, reported as far as it is stored, and closes the recording', async () => {
    const session = await aSession('strict');
    session.append(1, FrameKind.output, kilobytes(1));
    const frames = await sent(session);
    const chain = HashChain.from(frameChainSeed('s-1'));
    const links = frames.map(({ bytes }) => Buffer.from(chain.add(bytes)));
    session.acked({ ...ack(1n), link: links[0]! });
    expect(session.stored()).toEqual({ lastSeq: 1n, link: links[0] });
    const closing = session.close();
    session.acked({ ...ack(2n, 2n, true), link: links[1]! });
    expect(await closing).toEqual({ lastSeq: 2n, link: links[1] });
  });

  it('of a recorder that stored something else ends a strict session: it is not recorded as it is', async () => {
    const session = await aSession('strict');
    const reasons: string[] = [];
    session.onUnrecordable((why) => reasons.push(why));
    session.append(1, FrameKind.output, kilobytes(1));
    await sent(session);
    session.acked({ ...ack(2n), link: Buffer.alloc(32, 1) });
    expect(reasons).toEqual([expect.stringContaining('the hash chain at frame 2 is another')]);
  });

  it.each(['with', 'without'])(
    'of a recorder that acknowledges frames which were never sent, %s a link, ends a strict session',
    async (how) => {
      const session = await aSession('strict');
      session.append(1, FrameKind.output, kilobytes(1));
      const reasons: string[] = [];
      session.onUnrecordable((why) => reasons.push(why));
      await sent(session);
      session.acked({ ...ack(1_000n), link: how === 'with' ? Buffer.alloc(32, 1) : Buffer.alloc(0) });
      expect([reasons.length, session.stored()]).toEqual([1, undefined]);
      expect(reasons[0]).toContain('frame 1000, and 2 were sent');
    },
  );
});

it.each([
  ['strict', ['input could not be sealed']],
  ['best-effort', []],
] as const)('a %s session ends, or goes on, when something of it could not be recorded', async (mode, expected) => {
  const session = await aSession(mode);
  const reasons: string[] = [];
  session.onUnrecordable((why) => reasons.push(why));
  session.cannotRecord('input could not be sealed');
  expect(reasons).toEqual(expected);
});

describe('a strict session without a recorder', () => {
  it('is without room when its memory is full, and has room again when frames are durable', async () => {
    const session = await aSession('strict');
    session.append(1, FrameKind.output, kilobytes(60));
    expect(session.hasRoom()).toBe(true);
    session.append(1, FrameKind.output, kilobytes(60));
    expect(session.hasRoom()).toBe(false);
    const waiting = session.whenRoom().then(() => 'room');
    await joined();
    session.acked(ack(3n));
    expect([await waiting, session.hasRoom(), load.memoryBytes]).toEqual(['room', true, 0]);
  });

  it('has to stop when it is full and no recorder came within the grace period, not before', async () => {
    const session = await aSession('strict');
    const reasons: string[] = [];
    session.onUnrecordable((why) => reasons.push(why));
    load.awaySince = clock.monotonic();
    await clock.advance(120_000);
    session.tick();
    expect(reasons).toEqual([]); // away for long, but everything can be kept
    session.append(1, FrameKind.output, kilobytes(120));
    session.tick();
    expect(reasons).toEqual(['no recorder has stored anything for too long, and no more can be kept']);
    session.tick();
    expect(reasons).toHaveLength(1);
  });

  it('has to stop when a recorder is connected and stores nothing', async () => {
    const session = await aSession('strict');
    const reasons: string[] = [];
    session.onUnrecordable((why) => reasons.push(why));
    session.append(1, FrameKind.output, kilobytes(120));
    await clock.advance(59_000);
    session.tick();
    session.acked(ack(1n));
    await clock.advance(59_000);
    session.tick();
    expect(reasons).toEqual([]); // something was stored
    await clock.advance(2_000);
    session.tick();
    expect(reasons).toHaveLength(1);
  });

  it('spools the remaining frames when it closes', async () => {
    const session = await aSession('strict');
    load.awaySince = clock.monotonic();
    session.append(0, FrameKind.end, Buffer.from('{"reason":"finished"}'));
    expect(await session.close()).toMatchObject({ lastSeq: 2n });
    expect((await readdir(folder.path, { recursive: true })).filter((name) => name.endsWith('.frames'))).toHaveLength(1);
    expect((await sent(session)).map(({ seq }) => Number(seq))).toEqual([1, 2]);
  });
});

describe('a best-effort session without a recorder', () => {
  it('waits a little, then spools, and loses nothing', async () => {
    const session = await aSession('best-effort');
    load.awaySince = clock.monotonic();
    session.append(1, FrameKind.output, kilobytes(120));
    session.tick();
    expect(session.hasRoom()).toBe(false);
    const waiting = session.whenRoom().then(() => 'room');
    await clock.advance(3_000);
    session.tick();
    expect(await waiting).toBe('room');
    for (let at = 0; at < 10; at++) {
      session.append(1, FrameKind.output, kilobytes(50));
      await session.whenRoom();
    }
    await joined();
    const frames = await sent(session);
    expect(frames.reduce((sum, { kind, payload }) => sum + (kind === FrameKind.output ? payload.length : 0), 0)).toBe(620_000);
    expect([dropped, space.usedBytes > 620_000]).toEqual([0, true]);
  });

  it('marks output beyond the limit of the spool as a gap with its size and hash, and still has every other frame', async () => {
    const session = await aSession('best-effort');
    load.awaySince = clock.monotonic();
    for (let at = 0; at < 40; at++) {
      session.append(1, FrameKind.output, kilobytes(50));
      session.tick();
      await clock.advance(3_000);
      await session.whenRoom();
    }
    session.append(1, FrameKind.channelClose, Buffer.from('{"exit_status":0}'));
    session.append(0, FrameKind.end, Buffer.from('{"reason":"finished"}'));
    await session.close();
    const frames = await sent(session);
    expect(frames.map(({ seq }) => Number(seq))).toEqual(frames.map((_, at) => at + 1));
    const [gap, close, end] = frames.slice(-3);
    const kept = frames.reduce((sum, { kind, payload }) => sum + (kind === FrameKind.output ? payload.length : 0), 0);
    expect(decodePayload(FrameKind.gap, gap!.payload)).toEqual({
      bytes: 2_000_000 - kept,
      frames: (2_000_000 - kept) / 50_000,
      stream: 'output',
      why: 'spool-full',
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect([close!.kind, end!.kind, dropped, space.usedBytes <= 1_000_000]).toEqual([
      FrameKind.channelClose,
      FrameKind.end,
      2_000_000 - kept,
      true,
    ]);
  });
});

/** Advances the clock until there is room. The disk answers in its own time, which the test's clock does not know. */
async function roomAgain(session: RecordedSession): Promise<void> {
  let hasRoom = false;
  void session.whenRoom().then(() => (hasRoom = true));
  while (!hasRoom) {
    await new Promise((resolve) => setImmediate(resolve));
    session.tick();
    await clock.advance(1_000);
  }
}

describe('a best-effort session on a disk that fails', () => {
  it('continues, with gaps, and holds no more than its limit in memory', async () => {
    const session = await aSession('best-effort');
    load.awaySince = clock.monotonic();
    await rm(folder.path, { recursive: true });
    for (let at = 0; at < 40; at++) {
      session.append(1, FrameKind.output, kilobytes(50));
      session.tick();
      await clock.advance(3_000);
      await roomAgain(session);
    }
    expect([load.memoryBytes <= 260_000, dropped >= 1_700_000]).toEqual([true, true]);
  });
});

describe('a session that the recorder refuses', () => {
  it('stops when it is strict, and its frames that were not stored are quarantined', async () => {
    const session = await aSession('strict');
    const reasons: string[] = [];
    session.onUnrecordable((why) => reasons.push(why));
    session.append(1, FrameKind.output, kilobytes(1));
    await session.refused({ sessionId: 's-1', code: 'FRAME_HOLE', message: 'a hole' });
    expect([reasons, await session.next()]).toEqual([['the recorder refused the recording: a hole'], undefined]);
    expect((await readdir(folder.path, { recursive: true })).filter((name) => name.endsWith('.rejected'))).toHaveLength(1);
    await session.close();
    expect(session.isFinished).toBe(true);
  });
});

it('says to the recorder that the session is new until it has said so: after a broken stream the recorder looks into the store', async () => {
  const session = await aSession('strict');
  const opened = async (): Promise<boolean | undefined> => {
    const message = (await session.next())?.message;
    return message?.$case === 'open' ? message.value.isNew : undefined;
  };
  session.restart();
  expect(await opened()).toBe(true);
  session.restart();
  expect(await opened()).toBe(false);
});
