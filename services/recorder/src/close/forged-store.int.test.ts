import { ReadAsciicastRequest } from '@sallyport/proto-gen/recording/v1/playback';
import { generateKeyPairSync } from 'node:crypto';
import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encodeFrame, FrameKind, parseExtentName, recordingFolder } from '@sallyport/recording-format';
import { describe, expect, it } from 'vitest';
import { AGateway } from '../../test/a-gateway.js';
import { type ARecorder, recordersOfTests } from '../../test/a-recorder.js';
import { ASession } from '../../test/a-session.js';
import { manifestOf, namesOf, readAll } from '../../test/stored.js';
import { readAsciicast } from '../playback/read-asciicast.js';
import { readBytes } from '../playback/read-bytes.js';
import { readFramesByTime } from '../playback/read-frames.js';

const recorderWith = recordersOfTests();

const THIEFS_KEY = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

const aSession = (): ASession => new ASession().shell().output('rm -rf /data\r\n').output('done\r\n').end();

const pathOf = (recorder: ARecorder, session: ASession, name = ''): string => join(recorder.directory, recordingFolder(session.id), name);

/** Stores each frame as a segment of its own, as a running session. */
async function run(recorder: ARecorder, session: ASession): Promise<void> {
  for (let at = 1; at <= session.frames.length; at++) {
    const { name, object } = session.segment(recorder.manifests.seals, at, at);
    await recorder.store.put(recordingFolder(session.id) + name, object);
  }
}

/** Returns frame 3 with other output; its checksum is right. */
const forged = (session: ASession): Uint8Array =>
  encodeFrame(
    { seq: 3n, timeUs: 3000, channel: 1, kind: FrameKind.output },
    Buffer.from('ls     /data\r\n').subarray(0, session.frames[2]!.length - 32),
  );

async function segmentOf(recorder: ARecorder, session: ASession, seq: number): Promise<string> {
  const names = await namesOf(recorder.store, session.id);
  return names.find((name) => parseExtentName(name)?.firstSeq === BigInt(seq))!;
}

async function rewrite(recorder: ARecorder, session: ASession, seq: number, change: (object: Buffer) => Buffer): Promise<void> {
  const path = pathOf(recorder, session, await segmentOf(recorder, session, seq));
  await writeFile(path, change(await readFile(path)));
}

async function drain(stream: AsyncIterable<unknown>): Promise<void> {
  for await (const piece of stream) void piece;
}

describe('a thief of the bucket, while a session runs,', () => {
  it.each<[string, (recorder: ARecorder, session: ASession) => Promise<void>]>([
    [
      'that rewrites a segment, with a right checksum',
      (recorder, session) =>
        rewrite(recorder, session, 3, (object) => Buffer.concat([forged(session), object.subarray(session.frames[2]!.length)])),
    ],
    [
      'that puts a segment without a seal in its place',
      (recorder, session) => rewrite(recorder, session, 3, () => Buffer.from(forged(session))),
    ],
    [
      'that puts a segment of another session in its place',
      async (recorder, session) => {
        const other = aSession();
        const { object } = other.segment(recorder.manifests.seals, 3, 3);
        await rewrite(recorder, session, 3, () => object);
      },
    ],
    [
      'that puts another segment of the session in its place',
      (recorder, session) => rewrite(recorder, session, 3, () => session.segment(recorder.manifests.seals, 4, 4).object),
    ],
    [
      'that seals with a key of its own',
      async (recorder, session) => {
        const thief = await recorderWith({ keys: { signing: THIEFS_KEY, former: [] } });
        const frames = new ASession(session.meta).shell().output('nothing here \r\n');
        await rewrite(recorder, session, 3, () => frames.segment(thief.manifests.seals, 3, 3).object);
      },
    ],
  ])('%s: nothing of it is shown or signed, and what is missing is said', async (_, attack) => {
    const recorder = await recorderWith();
    const session = aSession();
    await run(recorder, session);
    await attack(recorder, session);
    await expect(readAll(recorder, session.id)).rejects.toMatchObject({ code: 'RECORDING_DAMAGED' });
    expect(await recorder.closing.close(session.id)).toMatchObject({ state: 'lost', last_seq: 2 });
  });
});

describe('a thief of the bucket, after a recording was closed,', () => {
  const closed = async (): Promise<{ recorder: ARecorder; session: ASession }> => {
    const recorder = await recorderWith();
    const session = aSession();
    await run(recorder, session);
    await recorder.closing.close(session.id);
    return { recorder, session };
  };

  it('that rewrites a part: no reader shows it', async () => {
    const { recorder, session } = await closed();
    await rewrite(recorder, session, 1, (object) => {
      const at = session.bytes(1, 2).length;
      return Buffer.concat([object.subarray(0, at), forged(session), object.subarray(at + session.frames[2]!.length)]);
    });
    const sessionId = session.id;
    for (const read of [
      () => readFramesByTime(recorder, { sessionId, fromUs: 0n, toUs: 0n }),
      () => readBytes(recorder, { sessionId, offset: 0n, length: 0n }),
      () => readAsciicast(recorder, ReadAsciicastRequest.fromPartial({ sessionId })),
    ])
      await expect(drain(read())).rejects.toMatchObject({ code: 'RECORDING_DAMAGED' });
  });

  it("that puts another session's recording in its place: it is neither shown nor closed", async () => {
    const { recorder, session } = await closed();
    const other = new ASession().shell().output('harmless\r\n').end();
    await run(recorder, other);
    await recorder.closing.close(other.id);
    await rm(pathOf(recorder, session), { recursive: true });
    await cp(pathOf(recorder, other), pathOf(recorder, session), { recursive: true });
    await expect(readAll(recorder, session.id)).rejects.toMatchObject({
      message: expect.stringContaining(`that of session "${other.id}"`),
    });
    await expect(recorder.closing.close(session.id)).rejects.toMatchObject({ code: 'RECORDING_DAMAGED' });
  });

  it('that adds frames behind its end: they are not read, and it is not signed anew', async () => {
    const { recorder, session } = await closed();
    const before = await manifestOf(recorder.store, session.id);
    session.output('forged\r\n');
    const { name, object } = session.segment(recorder.manifests.seals, 6, 6);
    await recorder.store.put(recordingFolder(session.id) + name, object);
    expect((await readAll(recorder, session.id)).equals(session.bytes(1, 5))).toBe(true);
    await recorder.closing.close(session.id);
    expect(await manifestOf(recorder.store, session.id)).toEqual(before);
  });

  it('that removes manifest and parts and puts unsealed segments there: nothing is signed', async () => {
    const { recorder, session } = await closed();
    await rm(pathOf(recorder, session), { recursive: true });
    const { name } = session.segment(recorder.manifests.seals);
    await recorder.store.put(recordingFolder(session.id) + name, session.bytes());
    expect(await recorder.closing.close(session.id)).toBeUndefined();
    expect(await manifestOf(recorder.store, session.id)).toBeUndefined();
  });
});

describe('a gateway', () => {
  it('whose frames differ from the stored ones gets an error, and nothing is signed', async () => {
    const recorder = await recorderWith();
    const session = aSession();
    const gateway = new AGateway(recorder).open(session).batch(session);
    gateway.send({ $case: 'close', value: { sessionId: session.id, lastSeq: session.lastSeq, link: Buffer.alloc(32, 1) } });
    await gateway.until(session, { code: 'RECORDING_CHAIN_BROKEN' });
    await gateway.end();
    expect(await manifestOf(recorder.store, session.id)).toBeUndefined();
  });

  it('can add no frame to a closed recording', async () => {
    const recorder = await recorderWith();
    const session = aSession();
    const gateway = new AGateway(recorder).open(session).batch(session).close(session);
    await gateway.until(session, { closed: true });
    await gateway.end();
    const again = new AGateway(recorder).open(session);
    session.output('more');
    again.batch(session, 6);
    await again.until(session, { code: 'RECORDING_CLOSED' });
    await again.end();
  });

  it('that goes on at another recorder keeps its chain', async () => {
    const one = await recorderWith();
    const two = await recorderWith({ directory: one.directory });
    const session = aSession();
    const gateway = new AGateway(one).open(session).batch(session, 1, 3);
    await gateway.until(session, { durable: 3n });
    await gateway.cut();
    const later = new AGateway(two).open(session).batch(session, 4).close(session);
    await later.until(session, { closed: true });
    await later.end();
    expect((await manifestOf(two.store, session.id))?.parts.at(-1)?.chain).toBe(session.link().toString('hex'));
  });
});
