import { Worker } from 'node:worker_threads';
import { systemClock } from '@sallyport/context';
import { openShell } from '@sallyport/testkit';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { ToThread } from '../src/taps/commands/terminal-protocol.js';
import { aGateway, type TestGateway } from './a-gateway.js';
import { CountingRecorder } from './counting-recorder.js';

const KEYS = 'k'.repeat(100);
/** Pause between two keys. Keys that come faster than a user types are many to a message. */
const PAUSE_MS = 5;
/** Keys and echoes of this time go on together. */
const SLOT_MS = 50;
/** Messages for the prompt before, and for a slot that began before the first key or ends after the last. */
const FEW = 3;

let recorder: CountingRecorder;
let g: TestGateway;
beforeAll(async () => {
  recorder = await CountingRecorder.start();
  g = await aGateway({ recordings: recorder.link });
});
afterAll(async () => {
  vi.restoreAllMocks();
  await g.stop();
  await recorder.stop();
});

it('100 keys and their echoes are at most one message per 50 ms to the recorder, and one to the terminal thread', async () => {
  const toThread = vi.spyOn(Worker.prototype, 'postMessage');
  const counts = () => ({
    recorder: recorder.batches.length,
    thread: toThread.mock.calls.filter(([message]) => (message as ToThread).type === 'events').length,
  });
  const shell = openShell({ ...g.alice(), columns: 200, rows: 30 });
  shell.type('PS1="rea""dy> "\n');
  await shell.expect('ready> ');
  const before = counts();
  const from = performance.now();
  for (const key of KEYS) {
    shell.type(key);
    await systemClock.sleep(PAUSE_MS);
  }
  await shell.expect(KEYS);
  await vi.waitFor(() => expect(recorder.output().toString()).toContain(KEYS), 5_000);
  const after = counts();
  const slots = Math.ceil((performance.now() - from) / SLOT_MS);
  const spent = { recorder: after.recorder - before.recorder, thread: after.thread - before.thread };
  expect(spent.recorder, 'messages to the recorder').toBeLessThanOrEqual(slots + FEW);
  expect(spent.thread, 'messages to the terminal thread').toBeLessThanOrEqual(slots + FEW);
  shell.type('\u0015exit\n');
  await shell.exited;
});
