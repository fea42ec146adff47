import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ObjectStore } from '@sallyport/object-store';
import { MANIFEST_NAME, recordingFolder } from '@sallyport/recording-format';
import { describe, expect, it } from 'vitest';
import { AGateway } from '../../test/a-gateway.js';
import { type ARecorder, guarded, inSteps, recordersOfTests } from '../../test/a-recorder.js';
import { ASession } from '../../test/a-session.js';
import { manifestOf, readAll } from '../../test/stored.js';

const recorderWith = recordersOfTests();

const aShortSession = (): ASession => new ASession().shell().command('ls').output('a b\r\n').end();

const STORES = [
  ['a folder', guarded],
  ['a store without folders', inSteps],
] as const;

async function expectWhole(recorder: ARecorder, session: ASession): Promise<void> {
  expect(await manifestOf(recorder.store, session.id)).toMatchObject({ state: 'closed', last_seq: Number(session.lastSeq) });
  expect((await readAll(recorder, session.id)).equals(session.bytes())).toBe(true);
}

/** Returns the other frames that a gateway claims to be those of the session. */
const otherFrames = (session: ASession): ASession => new ASession(session.meta).shell().output('nothing\r\n').output('to see').end();

describe.each(STORES)('a short session, stored in %s,', (_, layer) => {
  it('is whole if two recorders close it at the same time, however their steps interleave', async () => {
    const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, Math.random() * 4));
    for (let round = 0; round < 15; round++) {
      const session = aShortSession();
      const recorder = await recorderWith();
      const slow = { directory: recorder.directory, wrap: (store: ObjectStore) => layer(store, pause) };
      const one = new AGateway(await recorderWith(slow)).open(session, true).batch(session).close(session);
      await pause();
      const two = new AGateway(await recorderWith(slow))
        .open(session, round % 2 === 0)
        .batch(session)
        .close(session);
      await Promise.all([one, two].map((gateway) => gateway.until(session, { closed: true, durable: session.lastSeq })));
      await Promise.all([one.end(), two.end()]);
      await expectWhole(recorder, session);
    }
  });

  it('survives a crash before and after every step: another recorder completes it', async () => {
    for (let crashAt = 0; ; crashAt++) {
      const session = aShortSession();
      let steps = 0;
      const dying = await recorderWith({
        wrap: (store) =>
          layer(store, () => {
            if (steps++ >= crashAt) throw new Error('the process is dead');
          }),
      });
      const first = new AGateway(dying).open(session).batch(session).close(session);
      const isClosed = await Promise.race([first.until(session, { closed: true }).then(() => true), untilTrue(() => steps > crashAt)]);
      const second = await recorderWith({ directory: dying.directory });
      const gateway = new AGateway(second).open(session).batch(session).close(session);
      await gateway.until(session, { closed: true });
      await gateway.end();
      await expectWhole(second, session);
      if (isClosed) return expect(crashAt).toBe(layer === guarded ? 2 : 3);
    }
  });

  it('is closed by the same recorder after an error at any step', async () => {
    for (let errorAt = 0; errorAt < 3; errorAt++) {
      const session = aShortSession();
      let steps = 0;
      const wrap = (store: ObjectStore): ObjectStore =>
        layer(store, () => {
          if (steps++ === errorAt) throw new Error('the store is away');
        });
      const recorder = await recorderWith({ wrap });
      const gateway = new AGateway(recorder).open(session).batch(session).close(session);
      await gateway.until(session, { closed: true });
      await gateway.end();
      await expectWhole(await recorderWith({ directory: recorder.directory }), session);
    }
  });

  it('is kept, and reported, if a thief of the bucket put a manifest there before the close', async () => {
    const recorder = await recorderWith({ wrap: (store) => layer(store, () => undefined) });
    const session = aShortSession();
    const gateway = new AGateway(recorder).open(session).batch(session);
    await gateway.until(session, { durable: 0n, published: 5n });
    const manifest = join(recorder.directory, recordingFolder(session.id), MANIFEST_NAME);
    await mkdir(dirname(manifest), { recursive: true });
    await writeFile(manifest, 'not a manifest');
    gateway.close(session);
    await gateway.until(session, { code: 'RECORDING_DAMAGED' });
    await gateway.end();
    expect(recorder.altered).toMatchObject([{ sessionId: session.id, knownSeq: 5n, why: expect.stringContaining('manifest.json') }]);
    await rm(manifest);
    await recorder.closing.close(session.id);
    await expectWhole(recorder, session);
  });

  it('stays as it was closed if a gateway says that it is new and sends other frames', async () => {
    const recorder = await recorderWith({ wrap: (store) => layer(store, () => undefined) });
    const session = aShortSession();
    const gateway = new AGateway(recorder).open(session).batch(session).close(session);
    await gateway.until(session, { closed: true });
    await gateway.end();
    const before = await manifestOf(recorder.store, session.id);
    const other = otherFrames(session);
    const liar = new AGateway(recorder).open(other, true).batch(other).close(other);
    await liar.until(other, { code: 'RECORDING_CHAIN_BROKEN' });
    await liar.end();
    expect(await manifestOf(recorder.store, session.id)).toEqual(before);
    await expectWhole(recorder, session);
  });

  it('can not be put over one that runs: its frames stay, whatever a gateway says', async () => {
    const recorder = await recorderWith({ wrap: (store) => layer(store, () => undefined) });
    const session = aShortSession();
    const gateway = new AGateway(recorder).open(session).batch(session, 1, 4);
    await gateway.until(session, { durable: 4n });
    await gateway.cut();
    const other = otherFrames(session).output('longer');
    const liar = new AGateway(recorder).open(other, true).batch(other).close(other);
    await liar.until(other, { code: 'RECORDING_CHAIN_BROKEN' });
    await liar.end();
    expect((await readAll(recorder, session.id)).subarray(0, session.bytes(1, 4).length).equals(session.bytes(1, 4))).toBe(true);
  });
});

/** Resolves with false when the condition holds. */
async function untilTrue(condition: () => boolean): Promise<false> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 2));
  return false;
}
