import { decodeFrames, parseExtentName } from '@sallyport/recording-format';
import { fakeClock } from '@sallyport/testkit';
import type { ObjectStore } from '@sallyport/object-store';
import { beforeEach, describe, expect, it } from 'vitest';
import { publicKeyPem, signingKeyPem, silent } from '../../test/a-recorder.js';
import { ASession } from '../../test/a-session.js';
import { newFrameChain, RecorderSeal } from '../recording/recorder-seal.js';
import { ByteBudget } from './byte-budget.js';
import { SegmentWriter } from './segment-writer.js';

const seals = new RecorderSeal(signingKeyPem, [publicKeyPem]);

/** A store whose puts behave as the test orders. */
class SlowStore {
  readonly puts: { name: string; bytes: Buffer; done: PromiseWithResolvers<number> }[] = [];
  put = (key: string, bytes: Buffer): Promise<number> => {
    const done = Promise.withResolvers<number>();
    this.puts.push({ name: key.split('/').at(-1)!, bytes, done });
    return done.promise;
  };
  extents(): [number, number][] {
    return this.puts.map(({ name }) => [Number(parseExtentName(name)!.firstSeq), Number(parseExtentName(name)!.lastSeq)]);
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('the segment writer', () => {
  let clock: ReturnType<typeof fakeClock>;
  let store: SlowStore;
  let budget: ByteBudget;
  let writer: SegmentWriter;
  let session: ASession;
  const take = (from: number, to: number): void => {
    for (const frame of decodeFrames(session.bytes(from, to))) writer.take(frame);
  };

  beforeEach(() => {
    clock = fakeClock();
    store = new SlowStore();
    budget = new ByteBudget(1_000_000_000);
    session = new ASession();
    const parts = {
      store: store as unknown as ObjectStore,
      seals,
      budget,
      clock,
      limits: { maxAgeMs: 2_000, maxBytes: 1024 * 1024 },
      logger: silent,
      lookUp: async () => undefined,
    };
    const nothing = { seq: 0n, link: newFrameChain(session.id).head };
    writer = new SegmentWriter(session.id, nothing, false, parts, () => undefined);
  });

  it('stores the frames of two seconds as one segment, and nothing for an idle session', async () => {
    session.output('a').output('b');
    take(1, 2);
    await clock.advance(1_000);
    take(3, 3);
    await clock.advance(999);
    expect(store.extents()).toEqual([]);
    await clock.advance(1);
    expect(store.extents()).toEqual([[1, 3]]);
    expect(store.puts[0]!.bytes.equals(session.segment(seals).object)).toBe(true);
    store.puts[0]!.done.resolve(1);
    await clock.advance(60_000);
    expect([store.puts.length, Number(writer.durableSeq), budget.heldBytes]).toEqual([1, 3, 0]);
  });

  it('stores a full segment at once, never more than the bound in one', async () => {
    for (let at = 0; at < 5; at++) session.output(Buffer.alloc(400_000, at));
    take(1, 6);
    await turn();
    store.puts[0]!.done.resolve(1);
    await turn();
    store.puts[1]!.done.resolve(1);
    await turn();
    expect(store.extents().slice(0, 2)).toEqual([
      [1, 3],
      [4, 5],
    ]);
    expect(store.puts.every(({ bytes }) => bytes.length <= 1024 * 1024)).toBe(true);
  });

  it('puts the next segment only after the one before is durable, so that durable frames are without a hole', async () => {
    session.output('a').output('b');
    take(1, 2);
    void writer.flush();
    take(3, 3);
    void writer.flush();
    await clock.advance(10_000);
    expect([store.extents(), writer.durableSeq]).toEqual([[[1, 2]], 0n]);
    store.puts[0]!.done.resolve(1);
    await turn();
    expect([store.extents(), writer.durableSeq]).toEqual([
      [
        [1, 2],
        [3, 3],
      ],
      2n,
    ]);
  });

  it('retries a failing store until it works, and only then counts the frames as durable', async () => {
    take(1, 1);
    const flushed = writer.flush().then(() => 'flushed');
    for (let attempt = 0; attempt < 20; attempt++) {
      store.puts.at(-1)!.done.reject(new Error('no'));
      await clock.advance(6_000);
      expect(writer.durableSeq).toBe(0n);
    }
    expect(store.puts).toHaveLength(21);
    store.puts.at(-1)!.done.resolve(1);
    expect([await flushed, writer.durableSeq, budget.heldBytes]).toEqual(['flushed', 1n, 0]);
  });

  it('drops everything when it is abandoned, and the bytes that it held count no longer', async () => {
    session.output('a');
    take(1, 2);
    const flushed = writer.flush();
    await turn();
    writer.abandon();
    await flushed;
    store.puts[0]!.done.resolve(1);
    await clock.advance(10_000);
    expect([store.puts.length, writer.durableSeq, budget.heldBytes]).toEqual([1, 0n, 0]);
  });
});
