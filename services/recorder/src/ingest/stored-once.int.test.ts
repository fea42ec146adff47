import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ObjectStore } from '@sallyport/object-store';
import { recordingFolder } from '@sallyport/recording-format';
import { expect, it } from 'vitest';
import { AGateway } from '../../test/a-gateway.js';
import { type ARecorder, guarded, recordersOfTests } from '../../test/a-recorder.js';
import { ASession } from '../../test/a-session.js';
import { manifestOf, namesOf, readAll } from '../../test/stored.js';

const recorderWith = recordersOfTests();

/** Returns a recorder and the calls of its store, by name of the object. */
async function countedRecorder(): Promise<{ recorder: ARecorder; calls: string[] }> {
  const calls: string[] = [];
  const note = (call: string, key = ''): undefined => void calls.push(`${call} ${/(part|seg|manifest)[^/]*$/.exec(key)?.[1] ?? ''}`.trim());
  const wrap = (store: ObjectStore): ObjectStore => guarded(store, (call, key) => note(call, key));
  return { recorder: await recorderWith({ wrap }), calls };
}

const record = async (recorder: ARecorder, session: ASession): Promise<void> => {
  const gateway = new AGateway(recorder).open(session).batch(session).close(session);
  await gateway.until(session, { closed: true });
  await gateway.end();
};

it('a short session is stored as one part and its manifest: nothing is stored twice, read back or removed', async () => {
  const { recorder, calls } = await countedRecorder();
  const session = new ASession().shell().output('$ ').command('ls').output('a b\r\n').end();
  await record(recorder, session);
  expect(calls.filter((call) => /put|delete/.test(call))).toEqual(['put part', 'put manifest']);
  expect(calls.filter((call) => /get (part|seg)/.test(call))).toEqual([]);
  expect((await readAll(recorder, session.id)).equals(session.bytes())).toBe(true);
});

it('each byte of a large recording is stored once', async () => {
  const { recorder, calls } = await countedRecorder();
  const session = new ASession().shell();
  for (let at = 0; at < 60; at++) session.output(Buffer.alloc(60_000, at));
  await record(recorder, session.end());
  const manifest = await manifestOf(recorder.store, session.id);
  expect(manifest!.parts.length).toBeGreaterThan(2);
  expect(manifest).toMatchObject({ state: 'closed', size_bytes: session.bytes().length, channels: [{ channel: 1, kind: 'shell' }] });
  expect(calls.filter((call) => call === 'put part')).toHaveLength(manifest!.parts.length);
  expect(calls.filter((call) => /seg|get part/.test(call))).toEqual([]);
  expect((await readAll(recorder, session.id)).equals(session.bytes())).toBe(true);
});

it('a recorder that dies between the last part and the manifest leaves parts that the next one names', async () => {
  const session = new ASession().shell();
  for (let at = 0; at < 60; at++) session.output(Buffer.alloc(60_000, at));
  session.end();
  let isDead = false;
  const dying = (store: ObjectStore): ObjectStore =>
    guarded(store, (call, key) => {
      isDead ||= call === 'put' && key.includes('manifest');
      return isDead ? Promise.reject(new Error('the recorder is dead')) : undefined;
    });
  const first = await recorderWith({ wrap: dying });
  const gateway = new AGateway(first).open(session).batch(session).close(session);
  await gateway.until(session, { durable: session.lastSeq });
  const second = await recorderWith({ directory: first.directory });
  const parts = (await namesOf(second.store, session.id)).filter((name) => name.startsWith('part-'));
  const manifest = await second.closing.close(session.id);
  expect(manifest!.parts.map(({ name }) => name)).toEqual(parts);
  expect((await readAll(second, session.id)).equals(session.bytes())).toBe(true);
});

it('a part of a running recording that a thief of the bucket changed is neither signed nor shown', async () => {
  const recorder = await recorderWith();
  const session = new ASession().shell();
  for (let at = 0; at < 60; at++) session.output(Buffer.alloc(60_000, at));
  const gateway = new AGateway(recorder).open(session).batch(session);
  await gateway.until(session, { durable: session.lastSeq });
  await gateway.end();
  const [name] = (await namesOf(recorder.store, session.id)).filter((each) => each.startsWith('part-'));
  const file = join(recorder.directory, recordingFolder(session.id), name!);
  const bytes = await readFile(file);
  bytes[5_000]! ^= 1;
  await writeFile(file, bytes);
  await expect(readAll(recorder, session.id)).rejects.toThrow(name);
  const manifest = await recorder.closing.close(session.id);
  expect(manifest?.parts.map((part) => part.name) ?? []).not.toContain(name);
});
