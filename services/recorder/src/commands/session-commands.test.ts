import { decodeFrames, FrameKind } from '@sallyport/recording-format';
import { systemClock } from '@sallyport/context';
import { waitUntil } from '@sallyport/testkit';
import { CommandCertainty } from '@sallyport/proto-gen/command/v1/command_event';
import { describe, expect, it } from 'vitest';
import { FakeBus, silent } from '../../test/a-recorder.js';
import { ASession } from '../../test/a-session.js';
import { Publishing } from './publishing.js';
import { SessionCommands } from './session-commands.js';

function setUp(options: { maxHeldBytes?: number } = {}) {
  const bus = new FakeBus();
  const session = new ASession();
  const publishing = new Publishing(
    { bus: bus as never, clock: systemClock, logger: silent },
    { concurrency: 4, maxHeldBytes: options.maxHeldBytes ?? 1e9 },
  );
  const commands = new SessionCommands(session.meta, {
    publishing,
    clock: systemClock,
    logger: silent,
    readStored: async function* (from) {
      yield* decodeFrames(session.bytes(Number(from)));
    },
    onPublished: () => undefined,
  });
  const see = (from = 1, to = session.frames.length): void => {
    for (const frame of decodeFrames(session.bytes(from, to))) commands.see(frame);
  };
  return { bus, session, publishing, commands, see };
}

describe('the commands of a session', () => {
  it('are published on arrival, with everything the index needs', async () => {
    const { bus, session, commands, see } = setUp();
    session.shell().command('ls -l');
    see();
    await waitUntil(async () => commands.publishedSeq === 3n, 2_000);
    expect(bus.published).toEqual([
      expect.objectContaining({
        id: session.commandIds[0],
        sessionId: session.id,
        seq: 3n,
        orgId: 'org',
        userId: 'user',
        username: 'alice',
        assetId: 'asset',
        assetName: 'web-1',
        account: 'root',
        channel: 1,
        kind: 1,
        input: 'ls -l',
        riskLevel: 1,
        timestamp: new Date('2026-01-31T12:00:00.001Z'),
      }),
    ]);
  });

  it('hold the position back during an outage of NATS, and none is lost', async () => {
    const { bus, session, commands, see } = setUp();
    session.command('one').output('x').command('two').output('y');
    bus.isAway = true;
    see();
    expect(commands.publishedSeq).toBe(1n);
    bus.isAway = false;
    await waitUntil(async () => commands.isDone, 5_000);
    expect([bus.inputs.sort(), commands.publishedSeq]).toEqual([['one', 'two'], 5n]);
  });

  it('beyond the limit in memory are read back from the store when NATS is available again', async () => {
    const { bus, session, publishing, commands, see } = setUp({ maxHeldBytes: 3_000 });
    for (let at = 0; at < 200; at++) session.command(`command ${at}`).output('x');
    bus.isAway = true;
    see();
    expect(publishing.hasRoom()).toBe(false);
    commands.durable(session.lastSeq);
    bus.isAway = false;
    await waitUntil(async () => commands.isDone, 10_000);
    expect(new Set(bus.inputs)).toEqual(new Set(Array.from({ length: 200 }, (_, at) => `command ${at}`)));
    expect(commands.publishedSeq).toBe(session.lastSeq);
  });

  it('that cannot be read stop neither the recording nor the others', async () => {
    const { bus, session, commands, see } = setUp();
    session.raw(1, 6, Buffer.from('{"id":"broken"}')).command('good');
    see();
    await waitUntil(async () => commands.isDone, 2_000);
    expect([bus.inputs, commands.publishedSeq]).toEqual([['good'], 3n]);
  });

  it('have the size of their output and if it is truncated, if the gateway sent it', async () => {
    const { bus, session, commands, see } = setUp();
    const common = { kind: 'exec', input: 'seq 99999', output: '1', risk_level: 'accept', started_us: 0, ended_us: 0 } as const;
    session.json(2, FrameKind.command, { ...common, id: 'c1', output_truncated: true, output_bytes: 488_888 });
    session.json(2, FrameKind.command, { ...common, id: 'c2' });
    see();
    await waitUntil(async () => commands.isDone, 2_000);
    expect(bus.published.map(({ outputTruncated, outputBytes }) => [outputTruncated, outputBytes])).toEqual([
      [true, 488_888n],
      [undefined, undefined],
    ]);
  });

  it('have the certainty of their line, if the gateway sent it', async () => {
    const { bus, session, commands, see } = setUp();
    const common = { kind: 'typed', input: 'ls', output: '', risk_level: 'accept', started_us: 0, ended_us: 0 } as const;
    session.json(2, FrameKind.command, { ...common, id: 'c1', certainty: 'missed' });
    session.json(2, FrameKind.command, { ...common, id: 'c2' });
    see();
    await waitUntil(async () => commands.isDone, 2_000);
    expect(bus.published.map(({ certainty }) => certainty)).toEqual([CommandCertainty.MISSED, undefined]);
  });

  it('include file operations', async () => {
    const { bus, session, commands, see } = setUp();
    const common = { protocol: 'sftp', started_us: 0, ended_us: 0 };
    session.json(2, 7, { ...common, id: 'f1', op: 'upload', path: '/tmp/a', bytes: 3, sha256: 'ab'.repeat(32), ok: true });
    session.json(2, 7, { ...common, id: 'f2', op: 'rename', path: '/a', new_path: '/b', ok: false, error: 'permission denied' });
    see();
    await waitUntil(async () => commands.isDone, 2_000);
    expect(bus.published.map(({ kind, input, output }) => [kind, input, output])).toEqual([
      [3, 'sftp upload /tmp/a', `ok, 3 bytes, sha256 ${'ab'.repeat(32)}`],
      [3, 'sftp rename /a /b', 'failed: permission denied'],
    ]);
  });
});
