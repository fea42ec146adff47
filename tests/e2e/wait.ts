import { setTimeout as sleep } from 'node:timers/promises';

/** Asks every 200 ms until there is an answer. Throws the last failure after `timeoutMs`. */
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
