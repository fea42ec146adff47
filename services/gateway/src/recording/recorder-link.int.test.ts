import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { commandRecorded, connectBus, sessionEnded, type Bus } from '@sallyport/bus';
import { EndReason } from '@sallyport/proto-gen/access/v1/session';
import { FrameKind } from '@sallyport/recording-format';
import { createLogger } from '@sallyport/telemetry';
import { aNats, anS3, aSessionMeta, type TestNats, waitUntil } from '@sallyport/testkit';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { asText, BusySession } from '../../test/busy-session.js';
import { SpoolingGateway } from '../../test/spooling-gateway.js';
import { aRecorderPlace, RecorderProcess, type RecorderPlace, replay, Switch } from '../../test/recorder-process.js';
import { createRecorderLink, type RecorderLink, type RecorderLinkOptions } from './index.js';

const logger = createLogger({ service: 'gateway-test', level: 'silent' });
let nats: TestNats;
let bus: Bus;
/** Counts the arrivals of each command in JetStream. */
const arrived = new Map<string, number>();
let place: RecorderPlace;
let recorders: RecorderProcess[];
let links: RecorderLink[];

beforeAll(async () => {
  nats = await aNats();
  bus = connectBus({ ...nats.as(), logger });
  bus.consume({
    consumer: await nats.addConsumer('gateway-test', commandRecorded),
    batchSize: 100,
    maxDeliveries: 0,
    handle: async (batch) => {
      for (const { message } of batch) arrived.set(message.id, (arrived.get(message.id) ?? 0) + 1);
    },
  });
});
afterAll(async () => {
  await bus.close();
  await nats.remove();
});

beforeEach(async () => {
  place = await aRecorderPlace(nats);
  recorders = [await RecorderProcess.start(place)];
  links = [];
});
afterEach(async () => {
  await Promise.all(links.map((link) => link.shutdown(0)));
  await Promise.all(recorders.map((recorder) => recorder.kill()));
  await place.folder.remove();
});

function aLink(port = recorders[0]!.port, options: Partial<RecorderLinkOptions> = {}): RecorderLink {
  const spool = { spoolDir: join(place.folder.path, 'spool'), spoolMaxBytes: 100_000_000 };
  const link = createRecorderLink({ address: `127.0.0.1:${port}`, credentials: place.mesh.gateway, logger, ...spool, ...options });
  links.push(link);
  return link;
}

function sessionOn(link: RecorderLink, mode: 'strict' | 'best-effort' = 'strict'): BusySession {
  const meta = aSessionMeta();
  return new BusySession(meta, link.open(meta, mode));
}

/** Waits until each session has run so many more commands. */
async function worked(sessions: readonly BusySession[], commands: number): Promise<void> {
  const goals = sessions.map(({ commandIds }) => commandIds.length + commands);
  const isThere = async (): Promise<boolean> => sessions.every(({ commandIds }, at) => commandIds.length >= goals[at]!);
  expect(await waitUntil(isThere, 20_000, 5)).toBe(true);
}

/** Asserts that every frame is in the replay, once, in order; that the recording is closed; and that every command is in JetStream. */
async function expectWhole(session: BusySession, recorder = recorders[0]!): Promise<void> {
  const { session_id: id } = session.meta;
  await waitUntil(async () => (await replay(place, recorder, id)).closed, 20_000, 100);
  const { frames, closed } = await replay(place, recorder, id);
  expect(closed).toBe(true);
  expect(frames.length).toBe(session.frames.length);
  expect(frames.map(asText)).toEqual(session.frames);
  await waitUntil(async () => session.commandIds.every((command) => arrived.has(command)), 20_000, 100);
  expect(session.commandIds.filter((command) => !arrived.has(command))).toEqual([]);
}

describe('a gateway and its recorder', () => {
  it('hand over everything, and the gateway keeps nothing', async () => {
    const link = aLink();
    const sessions = [sessionOn(link), sessionOn(link, 'best-effort'), sessionOn(link)];
    for (const session of sessions) for (let at = 0; at < 20; at++) session.step(10_000);
    expect(await Promise.all(sessions.map((session) => session.end()))).toEqual([43n, 43n, 43n]);
    for (const session of sessions) await expectWhole(session);
    await waitUntil(async () => link.status().unackedBytes === 0, 5_000);
    expect(link.status()).toMatchObject({ connected: true, unackedBytes: 0, spooledBytes: 0, dropped: 0 });
  });

  it('lose no frame and no command when the recorder is killed again and again in the middle', async () => {
    const link = aLink();
    const sessions = [sessionOn(link), sessionOn(link, 'best-effort'), sessionOn(link)];
    const stop = new AbortController();
    const working = sessions.map((session) => session.work(stop.signal));
    for (let kill = 0; kill < 4; kill++) {
      await worked(sessions, 20 + 15 * kill);
      await recorders[0]!.kill();
      await worked(sessions, 10);
      await recorders[0]!.start();
    }
    await worked(sessions, 20);
    stop.abort();
    await Promise.all(working);
    await Promise.all(sessions.map((session) => session.end()));
    for (const session of sessions) await expectWhole(session);
    expect(Math.min(...sessions.map((session) => session.commandIds.length))).toBeGreaterThan(100);
  }, 180_000); // the waits in it may take longer than a minute together, on a busy machine

  it('lose nothing when the recorder is away while sessions end and the gateway stops: the next gateway ships it', async () => {
    await recorders[0]!.kill();
    const gateway = SpoolingGateway.start(place, recorders[0]!.port, 'stop');
    const sessionId = await gateway.spooled;
    expect(await gateway.exited).toBe(0);
    await recorders[0]!.start();
    const next = aLink();
    await next.recoverSpool();
    const { frames, closed } = await replay(place, recorders[0]!, sessionId);
    expect([frames.length, frames.at(-1)!.kind, closed]).toEqual([402, FrameKind.end, true]);
    expect(frames.filter(({ kind }) => kind === FrameKind.output).map(({ payload }) => payload.length)).toEqual(
      Array<number>(200).fill(5_000),
    );
    await waitUntil(async () => gateway.commandIds.every((id) => arrived.has(id)), 20_000);
    expect(gateway.commandIds.filter((id) => !arrived.has(id))).toEqual([]);
    expect(next.status()).toMatchObject({ unackedBytes: 0, spooledBytes: 0 });
    await next.shutdown(1_000);
    expect(await readdir(join(place.folder.path, 'spool'))).toEqual([]);
  });

  it('lose nothing that a gateway had spooled when it was killed, and close the orphaned session as lost', async () => {
    await recorders[0]!.kill();
    const gateway = SpoolingGateway.start(place, recorders[0]!.port, 'be-killed');
    const sessionId = await gateway.spooled;
    gateway.kill();
    expect(await gateway.exited).toBe('SIGKILL');
    const living = aLink();
    const other = sessionOn(living); // no other gateway touches its spool while it lives
    await recorders[0]!.start();
    await living.recoverSpool();
    const { frames, closed } = await replay(place, recorders[0]!, sessionId);
    expect([frames.length >= 401, frames.every(({ kind }) => kind !== FrameKind.end), closed]).toEqual([true, true, true]);
    await waitUntil(async () => gateway.commandIds.every((id) => arrived.has(id)), 20_000);
    expect(gateway.commandIds.filter((id) => !arrived.has(id))).toEqual([]);
    await other.end();
    await expectWhole(other);
  });

  it('lose nothing from the memory of a gateway process that fails by a bug', async () => {
    await recorders[0]!.kill();
    const gateway = SpoolingGateway.start(place, recorders[0]!.port, 'crash');
    const sessionId = await gateway.spooled;
    expect(await gateway.exited).toBe(1);
    await recorders[0]!.start();
    await aLink().recoverSpool();
    const { frames } = await replay(place, recorders[0]!, sessionId);
    const texts = frames.map(({ payload }) => Buffer.from(payload).toString());
    expect(texts).toContain('the last words');
    expect(texts).toContain('not searched for commands');
  });

  it('have a gap for the output that no thread had searched for commands when a gateway process fails by a bug', async () => {
    await recorders[0]!.kill();
    const gateway = SpoolingGateway.start(place, recorders[0]!.port, 'crash');
    const sessionId = await gateway.spooled;
    await gateway.exited;
    await recorders[0]!.start();
    await aLink().recoverSpool();
    const { frames } = await replay(place, recorders[0]!, sessionId);
    const facts = frames.filter(({ channel, kind }) => channel === 2 && (kind === FrameKind.gap || kind === FrameKind.command));
    expect(facts.map(({ payload }) => JSON.parse(Buffer.from(payload).toString()) as object)).toEqual([
      { bytes: 'not searched for commands'.length, why: 'stopped', stream: 'commands' },
      expect.objectContaining({ certainty: 'missed', input: expect.stringContaining('the gateway stopped before it was searched') }),
    ]);
  });

  it('continue while NATS is killed: recording does not wait, and afterwards no command is missing', async () => {
    const link = aLink();
    const session = sessionOn(link);
    session.step(1_000);
    await waitUntil(async () => arrived.has(session.commandIds[0]!), 10_000);
    process.kill(nats.pid, 'SIGKILL');
    await nats.exited;
    for (let at = 0; at < 50; at++) session.step(1_000);
    await waitUntil(async () => link.status().unackedBytes === 0, 10_000);
    expect([link.status().unackedBytes, await recorders[0]!.isReady()]).toEqual([0, true]);
    // The recorder dies as well, before it could publish: the gateway still has the commands.
    await recorders[0]!.kill();
    nats = await nats.restart();
    await recorders[0]!.start();
    await session.end();
    await expectWhole(session);
  });

  it('continue when two recorders take over from each other in turn', async () => {
    recorders.push(await RecorderProcess.start(place));
    const front = await Switch.start(recorders[0]!.port);
    const link = aLink(front.port);
    const sessions = [sessionOn(link), sessionOn(link, 'best-effort')];
    const stop = new AbortController();
    const working = sessions.map((session) => session.work(stop.signal, 20_000));
    for (let turn = 1; turn <= 6; turn++) {
      await worked(sessions, 30);
      front.to(recorders[turn % 2]!.port); // the recorder before still has frames that it stores now
    }
    stop.abort();
    await Promise.all(working);
    await Promise.all(sessions.map((session) => session.end()));
    for (const session of sessions) await expectWhole(session);
    front.stop();
  });

  it('continue when a recorder gets SIGTERM: it stores the frames that it has and exits with 0', async () => {
    const link = aLink();
    const session = sessionOn(link);
    for (let at = 0; at < 30; at++) session.step(1_000);
    await waitUntil(async () => arrived.has(session.commandIds.at(-1)!), 10_000, 5); // the recorder has it: it publishes before it stores
    expect(await recorders[0]!.kill('SIGTERM')).toBe(0);
    await recorders[0]!.start();
    await session.end();
    await expectWhole(session);
  });

  it('leave a session of a lost gateway to be closed when core reports it: acknowledged frames replay', async () => {
    const link = aLink();
    const session = sessionOn(link);
    for (let at = 0; at < 10; at++) session.step(1_000);
    await waitUntil(async () => link.status().unackedBytes === 0, 10_000);
    await link.shutdown(0); // never closes the session, as a killed gateway would not
    const { session_id: sessionId } = session.meta;
    const lost = { sessionId, orgId: 'o', reason: EndReason.LOST, endedAt: new Date(), lastSeq: 0n, link: Buffer.alloc(0) };
    await bus.publish(sessionEnded, lost, { id: `ended-${sessionId}` });
    await expectWhole(session);
  });

  it('end a strict session whose recorder stays away, and lose nothing of it', async () => {
    const link = aLink(undefined, { limits: { sessionBytes: 200_000, graceMs: 1_000, handOverMs: 200 } });
    const session = sessionOn(link);
    const why = new Promise<string>((resolve) => session.recording.onUnrecordable(resolve));
    await waitUntil(async () => link.status().connected, 5_000);
    await recorders[0]!.kill();
    while (session.recording.hasRoom()) session.step(20_000);
    expect(await why).toBe('no recorder has stored anything for too long, and no more can be kept');
    await session.end();
    await recorders[0]!.start();
    await expectWhole(session);
  });

  it('let a best-effort session continue without a recorder, and ship it when one is back', async () => {
    const link = aLink(undefined, { limits: { sessionBytes: 200_000, patienceMs: 300 } });
    const session = sessionOn(link, 'best-effort');
    await waitUntil(async () => link.status().connected, 5_000);
    await recorders[0]!.kill();
    for (let at = 0; at < 200; at++) {
      await session.recording.whenRoom();
      session.step(20_000);
    }
    expect([link.status().spooledBytes > 3_000_000, link.status().dropped]).toEqual([true, 0]);
    await recorders[0]!.start();
    await waitUntil(async () => link.status().spooledBytes === 0, 20_000);
    session.step(100);
    await session.end();
    await expectWhole(session);
  });
});

describe('a gateway and its recorder on S3', () => {
  it('lose no frame and no command when the recorder is killed in the middle', async () => {
    const s3 = await anS3();
    await recorders[0]!.kill();
    await place.folder.remove();
    place = await aRecorderPlace(nats, {
      RECORDER_STORE: 's3',
      RECORDER_FS_DIR: '',
      RECORDER_S3_ENDPOINT: s3.endpoint,
      RECORDER_S3_BUCKET: s3.bucket,
      RECORDER_S3_REGION: s3.region,
      RECORDER_S3_ACCESS_KEY: s3.accessKey,
      RECORDER_S3_SECRET_KEY: s3.secretKey,
    });
    recorders = [await RecorderProcess.start(place)];
    const link = aLink();
    const session = sessionOn(link);
    const stop = new AbortController();
    const working = session.work(stop.signal);
    for (let kill = 0; kill < 2; kill++) {
      await worked([session], 80);
      await recorders[0]!.kill();
      await recorders[0]!.start();
    }
    stop.abort();
    await working;
    await session.end();
    await expectWhole(session);
  });
});
