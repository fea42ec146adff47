import { setTimeout as sleep } from 'node:timers/promises';
import { NeverSeen } from '../testkit.errors.js';

const LOOK_EVERY_MS = 20;

/** Resolves when a number has stayed the same for `quietMs`. Throws NeverSeen if it still changes after `deadlineMs`. */
export async function untilStill(count: () => number, quietMs = 500, deadlineMs = 20_000): Promise<void> {
  const end = performance.now() + deadlineMs;
  let [last, since] = [count(), performance.now()];
  while (performance.now() - since < quietMs) {
    await sleep(LOOK_EVERY_MS);
    const now = count();
    if (now !== last) [last, since] = [now, performance.now()];
    if (performance.now() > end) throw new NeverSeen('a number that stays the same', deadlineMs / 1000, String(now));
  }
}
