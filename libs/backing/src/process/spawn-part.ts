import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { partEnvironment } from '../config.js';
import type { PartExit, RunningPart } from '../part.js';
import { PartExited, PartNotReady, ToolMissing } from '../part.errors.js';
import type { SystemUser } from '../place/unix-user.js';
import { boundToParent } from './as-user.js';
import { stopProcess } from './stop-process.js';
import { waitUntil } from './wait-until.js';

/** The process to start and the check that it works. */
export interface PartPlan {
  readonly name: string;
  readonly argv: [string, ...string[]];
  readonly port: number;
  readonly url: string;
  /** File that standard output and error are appended to. */
  readonly logFile: string;
  readonly cwd?: string;
  readonly env?: Record<string, string>;
  readonly user?: SystemUser | undefined;
  readonly stopSignal?: NodeJS.Signals;
  /** Milliseconds between the stop signal and SIGKILL. */
  readonly stopDeadlineMs?: number;
  readonly readyDeadlineMs?: number;
  /** Returns true once the part answers. An error means "not yet". */
  readonly ready: () => Promise<boolean>;
}

/**
 * Starts a process and waits until it answers. Stops a part that can't be used.
 * @throws ToolMissing, PartExited, PartNotReady
 */
export async function spawnPart(plan: PartPlan): Promise<RunningPart> {
  const child = launch(plan);
  const exited = new Promise<PartExit>((resolve) => child.once('exit', (code, signal) => resolve({ code, signal })));
  const pid = await pidOf(child);
  const isGone = (): boolean => child.exitCode !== null || child.signalCode !== null;
  const stop = (): Promise<void> => stopProcess({ pid, exited, isGone }, plan.stopSignal ?? 'SIGTERM', plan.stopDeadlineMs ?? 10_000);
  await becomeReady(plan, exited).catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  return { name: plan.name, pid, port: plan.port, url: plan.url, logFile: plan.logFile, exited, stop };
}

function launch(plan: PartPlan): ChildProcess {
  mkdirSync(dirname(plan.logFile), { recursive: true });
  const log = openSync(plan.logFile, 'a', 0o600);
  const [file, ...args] = boundToParent(plan.stopSignal ?? 'SIGTERM', plan.user, plan.argv);
  try {
    // Its own process group: we handle Ctrl-C on our terminal, in our order.
    return spawn(file, args, { cwd: plan.cwd, env: partEnvironment(plan.env), stdio: ['ignore', log, log], detached: true });
  } finally {
    closeSync(log);
  }
}

function pidOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', () => reject(new ToolMissing('setpriv', 'install the package util-linux')));
    child.once('spawn', () => resolve(child.pid ?? 0));
  });
}

async function becomeReady(plan: PartPlan, exited: Promise<PartExit>): Promise<void> {
  let exit: PartExit | undefined;
  void exited.then((how) => (exit = how));
  const deadlineMs = plan.readyDeadlineMs ?? 30_000;
  const answered = await waitUntil(async () => exit !== undefined || (await plan.ready()), deadlineMs);
  if (exit !== undefined) throw new PartExited(plan.name, describe(exit), plan.logFile, await logTail(plan.logFile));
  if (!answered) throw new PartNotReady(plan.name, deadlineMs / 1000, plan.logFile, await logTail(plan.logFile));
}

function describe(exit: PartExit): string {
  return exit.signal === null ? `exit code ${exit.code}` : `signal ${exit.signal}`;
}

/** Returns the last 15 lines of a log, for an error message. */
export async function logTail(logFile: string): Promise<string> {
  const text = await readFile(logFile, 'utf8').catch(() => '');
  return text.trimEnd().split('\n').slice(-15).join('\n');
}
