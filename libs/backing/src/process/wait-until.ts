import { setTimeout as sleep } from 'node:timers/promises';

/** Asks `probe` until it says true or `deadlineMs` have passed; a probe that throws means "not yet". Says which it was. */
export async function waitUntil(probe: () => Promise<boolean>, deadlineMs: number, everyMs = 50): Promise<boolean> {
  const end = performance.now() + deadlineMs;
  while (performance.now() < end) {
    if (await probe().catch(() => false)) return true;
    await sleep(everyMs);
  }
  return false;
}
