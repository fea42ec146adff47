import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { FrameBacklog } from './frame-backlog.js';
import type { HeldFrame } from './frame-run.js';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const frame = (seq: bigint): HeldFrame => ({ seq, bytes: new Uint8Array(new ArrayBuffer(64 * 1024)), link: Buffer.alloc(32) });

it('stored frames leave the memory, also while the session always has others that are not stored yet', async () => {
  const backlog = new FrameBacklog(() => {
    throw new Error('no disk is needed');
  });
  const frames: WeakRef<object>[] = [];
  for (let seq = 1n; seq <= 500n; seq++) {
    const next = frame(seq);
    frames.push(new WeakRef(next));
    backlog.append(next);
    backlog.durable(seq - 1n);
  }
  await new Promise((resolve) => setImmediate(resolve));
  collectGarbage();
  const held = frames.filter((each) => each.deref() !== undefined).length;
  // A frame has 64 KiB here, and a message has up to 256 KiB.
  expect([backlog.memoryBytes, held <= 5, (await backlog.run(500n))?.firstSeq]).toEqual([64 * 1024, true, 500n]);
});
