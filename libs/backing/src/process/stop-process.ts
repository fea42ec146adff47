import { setTimeout as sleep } from 'node:timers/promises';
import type { PartExit } from '../part.js';

/** A process that is waited for. */
export interface WatchedProcess {
  readonly pid: number;
  readonly exited: Promise<PartExit>;
  /** Returns true at once after the end: another process may get the freed process id. */
  isGone(): boolean;
}

/**
 * Sends `signal` to a process, waits `deadlineMs`, then kills its whole group. A deadline is always needed: a Node process can hang while
 * exiting (nodejs/node #54918).
 */
export async function stopProcess(watched: WatchedProcess, signal: NodeJS.Signals, deadlineMs: number): Promise<void> {
  if (watched.isGone()) return;
  process.kill(watched.pid, signal);
  const timer = new AbortController();
  const late = sleep(deadlineMs, 'late', { signal: timer.signal }).catch(() => 'aborted');
  const first = await Promise.race([watched.exited, late]);
  timer.abort();
  if (first === 'late' && !watched.isGone()) process.kill(-watched.pid, 'SIGKILL');
  await watched.exited;
}
