import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ObjectStore } from '@sallyport/object-store';
import { fakeClock } from '@sallyport/testkit';
import { parseExtentName, recordingFolder } from '@sallyport/recording-format';
import { describe, expect, it } from 'vitest';
import { type ARecorder, guarded, recordersOfTests } from '../../test/a-recorder.js';
import { ASession } from '../../test/a-session.js';
import { manifestOf, namesOf, readAll } from '../../test/stored.js';

const recorderWith = recordersOfTests();

/** Returns a session of 40 frames and 100 kB: two parts. */
function large(): ASession {
  const session = new ASession().shell();
  for (let at = 0; at < 37; at++) session.output(Buffer.alloc(2_700, at));
  return session.end();
}

async function put(recorder: ARecorder, session: ASession, from: number, to: number): Promise<void> {
  const { name, object } = session.segment(recorder.manifests.seals, from, to);
  await recorder.store.put(recordingFolder(session.id) + name, object);
}

async function putPart(recorder: ARecorder, session: ASession, from: number, to: number): Promise<void> {
  const { name, object } = session.segment(recorder.manifests.seals, from, to);
  await recorder.store.put(recordingFolder(session.id) + name.replace('seg-', 'part-'), object);
}

async function putAll(recorder: ARecorder, session: ASession): Promise<void> {
  for (let at = 1; at <= 40; at += 4) await put(recorder, session, at, at + 3);
}

/** Expects a closed recording in its final form, whatever happened before. */
async function expectWhole(recorder: ARecorder, session: ASession): Promise<void> {
  const manifest = await manifestOf(recorder.store, session.id);
  expect(manifest).toMatchObject({ state: 'closed', last_seq: 40, size_bytes: session.bytes().length, duration_us: 40_000 });
  expect((await readAll(recorder, session.id)).equals(session.bytes())).toBe(true);
  const names = await namesOf(recorder.store, session.id);
  for (const part of manifest!.parts) expect(names).toContain(part.name);
  expect(names.filter((name) => name.startsWith('seg-'))).toEqual([]);
}

describe('closing a recording', () => {
  it('merges segments into parts, and a second close changes nothing', async () => {
    const recorder = await recorderWith();
    const session = large();
    await putAll(recorder, session);
    const manifest = await recorder.closing.close(session.id);
    expect(manifest?.parts.map((part) => [part.first_seq, part.last_seq])).toEqual([
      [1, 31],
      [32, 40],
    ]);
    await expectWhole(recorder, session);
    const before = await readFile(join(recorder.directory, recordingFolder(session.id), 'manifest.json'));
    await recorder.closing.close(session.id);
    expect((await readFile(join(recorder.directory, recordingFolder(session.id), 'manifest.json'))).equals(before)).toBe(true);
  });

  it('does nothing if nothing is stored', async () => {
    const recorder = await recorderWith();
    expect(await recorder.closing.close(new ASession().id)).toBeUndefined();
  });

  it('survives a crash before and after every single change of the store: a second close completes it', async () => {
    const session = large();
    for (let crashAt = 0; ; crashAt++) {
      const recorder = await recorderWith();
      await putAll(recorder, session);
      let changes = 0;
      const dying = await recorderWith({
        directory: recorder.directory,
        wrap: (store) =>
          guarded(store, (call) => {
            if ((call === 'put' || call === 'delete') && changes++ >= crashAt) throw new Error('the process is dead');
          }),
      });
      const crashed = await dying.closing.close(session.id).then(
        () => false,
        () => true,
      );
      expect((await readAll(recorder, session.id)).equals(session.bytes())).toBe(true);
      await recorder.closing.close(session.id);
      await expectWhole(recorder, session);
      if (!crashed) return expect(crashAt).toBe(13); // two parts, a manifest, ten segments
    }
  });

  it('ends the same if two recorders close at the same time, however their steps interleave', async () => {
    for (let round = 0; round < 12; round++) {
      const session = large();
      const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, Math.random() * 8));
      const recorder = await recorderWith();
      await putAll(recorder, session);
      const slow = { directory: recorder.directory, wrap: (store: ObjectStore) => guarded(store, pause) };
      const [one, two] = [await recorderWith(slow), await recorderWith(slow)];
      await Promise.all([one.closing.close(session.id), pause().then(() => two.closing.close(session.id))]);
      await expectWhole(recorder, session);
    }
  });

  it('loses no frame if one closes with a list that is older than what the other stored and closed', async () => {
    const session = large();
    const recorder = await recorderWith();
    await put(recorder, session, 1, 20);
    const [gate, hangs] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const stale = await recorderWith({
      directory: recorder.directory,
      wrap: (store) =>
        guarded(store, (call, key) => {
          if (call !== 'put' || !key.endsWith('manifest.json')) return undefined;
          hangs.resolve();
          return gate.promise;
        }),
    });
    const late = stale.closing.close(session.id); // hangs just before its manifest of frames 1 to 20
    await hangs.promise;
    await put(recorder, session, 21, 40);
    await recorder.closing.close(session.id);
    gate.resolve(); // overwrites the manifest of frames 1 to 40
    await late;
    await expectWhole(recorder, session);
  });

  it('removes no part that another recorder is about to name, however old the part is', async () => {
    const session = large();
    const clock = fakeClock(Date.now() + 3_600_000);
    const recorder = await recorderWith({ clock });
    await putPart(recorder, session, 1, 20);
    await put(recorder, session, 21, 40);
    const [gate, hangs] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const stale = await recorderWith({
      clock,
      directory: recorder.directory,
      wrap: (store) =>
        guarded(store, (call, key) => {
          if (call !== 'put' || !key.endsWith('manifest.json')) return undefined;
          hangs.resolve();
          return gate.promise;
        }),
    });
    const late = stale.closing.close(session.id); // hangs just before its manifest, which names the part of frames 1 to 20
    await hangs.promise;
    await putPart(recorder, session, 1, 25); // by a recorder that had the session before and was slow
    await recorder.closing.close(session.id);
    gate.resolve();
    await late;
    await expectWhole(recorder, session);
  });

  it('never closes a closed recording again: a missing part is named, also if its segments are put back', async () => {
    const session = large();
    const recorder = await recorderWith();
    await putAll(recorder, session);
    const manifest = await recorder.closing.close(session.id);
    await putAll(recorder, session);
    const missing = manifest!.parts[1]!.name;
    await recorder.store.delete(recordingFolder(session.id) + missing);
    await expect(readAll(recorder, session.id)).rejects.toMatchObject({ code: 'RECORDING_DAMAGED', objectName: missing });
    await expect(recorder.closing.close(session.id)).rejects.toMatchObject({ code: 'RECORDING_DAMAGED', objectName: missing });
  });

  it('closes up to a damaged segment, keeps it and the frames behind it, and marks the recording as lost', async () => {
    const session = large();
    const recorder = await recorderWith();
    await putAll(recorder, session);
    const names = await namesOf(recorder.store, session.id);
    const path = join(recorder.directory, recordingFolder(session.id), names[5]!);
    const bytes = await readFile(path);
    bytes[1000]! ^= 1;
    await writeFile(path, bytes);
    expect(await recorder.closing.close(session.id)).toMatchObject({ state: 'lost', last_seq: 20 });
    const left = (await namesOf(recorder.store, session.id)).flatMap((name) => parseExtentName(name) ?? []);
    expect(left.filter(({ kind }) => kind === 'seg').map(({ firstSeq }) => Number(firstSeq))).toEqual([21, 25, 29, 33, 37]);
  });

  it('refuses to build on a manifest with an unknown signature', async () => {
    const session = large();
    const recorder = await recorderWith();
    await putAll(recorder, session);
    await recorder.closing.close(session.id);
    const path = join(recorder.directory, recordingFolder(session.id), 'manifest.json');
    const text = await readFile(path, 'utf8');
    await writeFile(path, text.replace(/"sig":"../, '"sig":"AA'));
    await expect(recorder.closing.close(session.id)).rejects.toMatchObject({ code: 'RECORDING_DAMAGED' });
  });
});
