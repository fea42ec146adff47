import { systemClock as clock } from '@sallyport/context';

const EVERY_MS = 1000;

/** Runs `work` again each second until it succeeds. Throws its last error after `seconds`. */
export async function waitFor<T>(seconds: number, work: () => Promise<T>): Promise<T> {
  const end = clock.now() + seconds * 1000;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (clock.now() + EVERY_MS > end) throw error;
      await clock.sleep(EVERY_MS);
    }
  }
}
