import { setTimeout as sleep } from 'node:timers/promises';

/** Asks until the answer is there; the last failure is thrown when it never is. */
export async function eventually<T>(timeoutMs: number, ask: () => Promise<T | undefined>): Promise<T> {
  const end = performance.now() + timeoutMs;
  for (let problem: unknown; ; ) {
    try {
      const answer = await ask();
      if (answer !== undefined) return answer;
      problem = new Error(`nothing within ${timeoutMs} ms`);
    } catch (error) {
      problem = error;
    }
    if (performance.now() > end) throw problem;
    await sleep(200);
  }
}
