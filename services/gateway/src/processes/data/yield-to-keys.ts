import { readdirSync, readFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { setPriority } from 'node:os';

/** A key exchange gets a third of the processor time that a session gets beside it. */
const NICE = 5;
const TASKS = '/proc/self/task';

/**
 * Sets a lower priority for libuv's threads, which compute key exchanges and signatures: on a busy machine the keystrokes of sessions go
 * first. Changes nothing where the system does not show threads as Linux does.
 */
export async function yieldToKeys(): Promise<void> {
  await stat('.'); // libuv starts its threads at the first use
  for (const thread of threads()) {
    try {
      if (readFileSync(`${TASKS}/${thread}/comm`, 'utf8').startsWith('libuv-worker')) setPriority(Number(thread), NICE);
    } catch {
      // the thread has ended, or the system refuses: the priority is a preference
    }
  }
}

function threads(): string[] {
  try {
    return readdirSync(TASKS);
  } catch {
    return [];
  }
}
