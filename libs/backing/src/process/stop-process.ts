import { setTimeout as sleep } from 'node:timers/promises';
import type { PartExit } from '../part.js';

/**
 * Asks a process to leave with `signal`, waits `deadlineMs` for `exited`, then kills its whole group.
 * A deadline is always needed: a Node process can hang while exiting (nodejs/node #54918).
 */
export async function stopProcess(pid: number, exited: Promise<PartExit>, signal: NodeJS.Signals, deadlineMs: number): Promise<void> {
  send(pid, signal);
  const timer = new AbortController();
  const late = sleep(deadlineMs, 'late', { signal: timer.signal }).catch(() => 'aborted');
  const first = await Promise.race([exited, late]);
  timer.abort();
  if (first === 'late') send(-pid, 'SIGKILL');
  await exited;
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // gone already, which is what was wanted
  }
}
