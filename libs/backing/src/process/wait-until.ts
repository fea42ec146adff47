import { setTimeout as sleep } from 'node:timers/promises';

/** Calls `probe` until it returns true or `deadlineMs` have passed, and returns true or false. A probe that throws means "not yet". */
export async function waitUntil(probe: () => Promise<boolean>, deadlineMs: number, everyMs = 50): Promise<boolean> {
  const end = performance.now() + deadlineMs;
  while (performance.now() < end) {
    if (await probe().catch(() => false)) return true;
    await sleep(everyMs);
  }
  return false;
}
