import { execFileSync, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ObjectStore, readObject } from '@sallyport/object-store';
import { decodeFrames, FrameKind, type JsonPayloads, recordingFolder } from '@sallyport/recording-format';
import { DescribeRequest, ReadAsciicastRequest } from '@sallyport/proto-gen/recording/v1/playback';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AGateway } from '../../test/a-gateway.js';
import { type ARecorder, aRecorder, guarded, publicKeyPem } from '../../test/a-recorder.js';
import { ASession } from '../../test/a-session.js';
import { describeRecording } from './describe-recording.js';
import { readAsciicast } from './read-asciicast.js';
import { readBundle } from './read-bundle.js';
import { readBytes } from './read-bytes.js';
import { readFramesByTime } from './read-frames.js';

const SALLYPORT = fileURLToPath(new URL('../../../cli/dist/main.js', import.meta.url));

async function collect(pieces: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(piece);
  return Buffer.concat(all);
}

let recorder: ARecorder;
let session: ASession;
let gateway: AGateway;
const gets: string[] = [];

beforeEach(async () => {
  gets.length = 0;
  recorder = await aRecorder({ wrap: (store) => guarded(store, (call, key) => void (call === 'get' && gets.push(key))) });
  session = new ASession().json(1, FrameKind.channelOpen, { kind: 'exec', command: 'make' }).output('built\n').shell(2);
  for (let at = 0; at < 96; at++) session.output(`line ${at}\r\n`.padEnd(4_000, '.'), 2);
  gateway = new AGateway(recorder).open(session);
  for (let at = 1; at <= 100; at += 10) {
    gateway.batch(session, at, at + 9);
    await gateway.until(session, { durable: BigInt(at + 9) });
  }
});
afterEach(async () => {
  await gateway.end();
  await recorder.remove();
});

const cast = async (wish: Partial<ReadAsciicastRequest>): Promise<string[]> => {
  const request = ReadAsciicastRequest.fromPartial({ sessionId: session.id, ...wish });
  return (await collect(readAsciicast(recorder, request))).toString().trimEnd().split('\n');
};

const close = async (): Promise<void> => {
  session.end();
  gateway.batch(session, 101).close(session);
  await gateway.until(session, { closed: true });
};

describe.each(['running', 'closed'])('playback of a %s session', (state) => {
  beforeEach(async () => {
    if (state === 'closed') await close();
  });

  it('describes it', async () => {
    expect(await describeRecording(recorder, DescribeRequest.fromPartial({ sessionId: session.id }))).toEqual({
      lastSeq: session.lastSeq,
      sizeBytes: BigInt(session.bytes().length),
      durationUs: session.lastSeq * 1000n,
      closed: state === 'closed',
      link: state === 'closed' ? session.link() : Buffer.alloc(0),
      channels: [
        { channel: 1, kind: 'exec', command: 'make', openedUs: 2000n },
        { channel: 2, kind: 'shell', command: '', openedUs: 4000n },
      ],
    });
  });

  it('returns its frames as they were stored', async () => {
    expect((await collect(readFramesByTime(recorder, { sessionId: session.id, fromUs: 0n, toUs: 0n }))).equals(session.bytes())).toBe(true);
  });

  it.each([
    [0n, 5_000n, 1, 5],
    [50_000n, 60_000n, 50, 60],
    [49_001n, 59_999n, 50, 59],
    [95_000n, 0n, 95, undefined],
    [99_999_999n, 0n, undefined, undefined],
  ])('returns the frames from %i to %i µs', async (fromUs, toUs, first, last) => {
    const frames = decodeFrames(await collect(readFramesByTime(recorder, { sessionId: session.id, fromUs, toUs })));
    expect([frames[0]?.seq, frames.at(-1)?.seq].map((seq) => seq && Number(seq))).toEqual([
      first,
      first && (last ?? session.frames.length),
    ]);
  });

  it('plays a part of a channel: what was shown before is there at once', async () => {
    const all = await cast({ channel: 2 });
    const part = (await cast({ channel: 2, fromUs: 53_000n, toUs: 60_000n }))
      .slice(1)
      .map((line) => JSON.parse(line) as [number, string, string]);
    expect(part.filter(([time]) => time === 0).length).toBe(part.length - 7);
    expect(part.at(-1)![0]).toBe(0.007);
    expect(part.map(([, , text]) => text)).toEqual(all.slice(1, part.length + 1).map((line) => (JSON.parse(line) as string[])[2]));
  });

  it('plays the first channel with a terminal, or the requested one', async () => {
    const lines = await cast({ channel: 0 });
    expect(JSON.parse(lines[0]!)).toMatchObject({ version: 2, width: 80, height: 24, title: 'alice on root@web-1' });
    expect([lines.length, JSON.parse(lines[96]!)]).toEqual([97, [0.096, 'o', 'line 95\r\n'.padEnd(4_000, '.')]]);
    const other = await cast({ channel: 1 });
    expect(JSON.parse(other[1]!)).toEqual([0.001, 'o', 'built\r\n']);
    await expect(cast({ channel: 9 })).rejects.toMatchObject({
      code: 'RECORDING_CHANNEL_NOT_FOUND',
      kind: 'not_found',
    });
  });
});

describe('playback', () => {
  it('of a late moment reads a few headers, not everything before it', async () => {
    gets.length = 0;
    await collect(readFramesByTime(recorder, { sessionId: session.id, fromUs: 95_000n, toUs: 0n }));
    expect(gets.length).toBeLessThan(8);
  });

  it('goes on with the parts when the session is closed under a reader', async () => {
    const reading = readFramesByTime(recorder, { sessionId: session.id, fromUs: 0n, toUs: 0n });
    const pieces = [(await reading.next()).value as Uint8Array];
    const running = session.bytes();
    await close();
    for await (const piece of reading) pieces.push(piece);
    expect(Buffer.concat(pieces).subarray(0, running.length).equals(running)).toBe(true);
  });

  it('returns any range of bytes of a closed recording', async () => {
    await close();
    const all = session.bytes();
    for (const [offset, length] of [
      [0, 0],
      [0, 1],
      [79_000, 5_000],
      [100, all.length],
      [all.length - 1, 10],
      [all.length, 5],
      [3, 200_000],
    ] as const) {
      const got = await collect(readBytes(recorder, { sessionId: session.id, offset: BigInt(offset), length: BigInt(length) }));
      expect(got.equals(length === 0 ? all.subarray(offset) : all.subarray(offset, offset + length))).toBe(true);
    }
  });

  it('returns a bundle that stock tar unpacks to manifest and parts', async () => {
    await close();
    const file = join(recorder.directory, 'bundle.tar');
    await writeFile(file, await collect(readBundle(recorder, session.id)));
    const names = execFileSync('tar', ['-tf', file]).toString().trim().split('\n');
    expect(names[0]).toBe('manifest.json');
    const parts = names.slice(1).map((name) => execFileSync('tar', ['-xOf', file, name]));
    expect(Buffer.concat(parts).equals(session.bytes())).toBe(true);
  });

  it('is proven by `sallyport verify` with the public key alone, as a bundle and where it is stored, and refused after a flipped byte', async () => {
    await close();
    const [file, key] = [join(recorder.directory, '../bundle.tar'), join(recorder.directory, '../public.pem')];
    await writeFile(key, publicKeyPem);
    const bundle = await collect(readBundle(recorder, session.id));
    const verify = (target: string): number | null =>
      spawnSync(process.execPath, [SALLYPORT, 'verify', target, '--public-key', key]).status;
    await writeFile(file, bundle);
    expect([verify(file), verify(recorder.directory)]).toEqual([0, 0]);
    bundle[bundle.length >> 1]! ^= 1;
    await writeFile(file, bundle);
    expect(verify(file)).toBe(1);
  });

  it('of bytes or a bundle requires a closed recording; of nothing is not found', async () => {
    const range = { sessionId: session.id, offset: 0n, length: 0n };
    await expect(collect(readBytes(recorder, range))).rejects.toMatchObject({ code: 'RECORDING_NOT_CLOSED', kind: 'conflict' });
    await expect(collect(readBundle(recorder, session.id))).rejects.toMatchObject({ code: 'RECORDING_NOT_CLOSED' });
    await expect(describeRecording(recorder, DescribeRequest.fromPartial({ sessionId: new ASession().id }))).rejects.toMatchObject({
      code: 'RECORDING_NOT_FOUND',
      kind: 'not_found',
    });
    await expect(describeRecording(recorder, DescribeRequest.fromPartial({ sessionId: '../x' }))).rejects.toMatchObject({
      code: 'SESSION_ID_INVALID',
      kind: 'invalid',
    });
  });

  it('reports damage instead of leaving it out', async () => {
    await close();
    const store: ObjectStore = recorder.store;
    const manifest = (await recorder.manifests.read(session.id))!.manifest;
    const key = recordingFolder(session.id) + manifest.parts[0]!.name;
    const bytes = await readObject(store, key);
    bytes[5_000]! ^= 1;
    await store.put(key, bytes);
    await expect(collect(readFramesByTime(recorder, { sessionId: session.id, fromUs: 0n, toUs: 0n }))).rejects.toMatchObject({
      code: 'RECORDING_DAMAGED',
    });
  });
});

it('marks where each command began, though its frame comes when it has ended', async () => {
  const command = (input: string, started_us: number): JsonPayloads[typeof FrameKind.command] => ({
    ...{ id: randomUUID(), kind: 'typed', input, output: '', risk_level: 'accept', started_us, ended_us: 101_000 },
  });
  session
    .json(2, FrameKind.command, command('make all\nsecond line', 40_500))
    .json(2, FrameKind.command, command('ls', 20_500))
    .json(1, FrameKind.command, command('of another channel', 30_000))
    .json(2, FrameKind.command, command('last', 99_999_999));
  await close();
  const lines = (await cast({ channel: 2 })).map((line) => JSON.parse(line) as unknown[]);
  const at = lines.flatMap((line, index) => (line[1] === 'm' ? [index] : []));
  expect(at.map((index) => lines[index])).toEqual([
    [0.0165, 'm', 'ls'],
    [0.0365, 'm', 'make all'],
    [expect.any(Number), 'm', 'last'],
  ]);
  const times = lines.slice(1).map(([time]) => Number(time));
  expect(times).toEqual(times.toSorted((a, b) => a - b));
  expect((await cast({ channel: 2, withoutMarkers: true })).some((line) => line.includes('"m"'))).toBe(false);
  expect((await cast({ channel: 2, fromUs: 30_000n, toUs: 50_000n })).filter((line) => line.includes('"m"'))).toEqual([
    '[0.010500, "m", "make all"]',
  ]);
});

it('counts the output, commands and file operations of each channel', async () => {
  const file: JsonPayloads[typeof FrameKind.file] = {
    ...{ id: randomUUID(), protocol: 'sftp', op: 'upload', path: '/tmp/a', ok: true, started_us: 1, ended_us: 2 },
  };
  session.json(1, FrameKind.file, file);
  await close();
  const counted = await describeRecording(recorder, { sessionId: session.id, withCounts: true });
  expect(counted.channels.map(({ channel, counts }) => ({ channel, ...counts }))).toEqual([
    { channel: 1, outputBytes: 6n, commands: 0, files: 1 },
    { channel: 2, outputBytes: 96n * 4_000n, commands: 0, files: 0 },
  ]);
});
