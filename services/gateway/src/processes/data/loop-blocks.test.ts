import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { LoopBlocks } from './loop-blocks.js';

/** Uses the processor in one turn of the event loop. */
function block(ms: number): void {
  const before = process.threadCpuUsage();
  for (;;) {
    const { user, system } = process.threadCpuUsage(before);
    if (user + system > ms * 1000) return;
  }
}

it('a long turn of the event loop is counted, of an idle process and of a busy one, and short turns are not', async () => {
  const blocks = new LoopBlocks();
  await sleep(5);
  blocks.look();
  for (let turn = 0; turn < 10; turn++) {
    block(8);
    await sleep(1);
  }
  blocks.look();
  expect(blocks.count).toBe(0);
  block(120);
  await sleep(1);
  blocks.look();
  expect(blocks.count).toBe(1);
});
