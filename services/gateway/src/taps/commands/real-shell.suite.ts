import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { spawnInPty } from '@sallyport/backing';
import { systemClock } from '@sallyport/context';
import { expect, it as plain } from 'vitest';
import type { ObservedCommand } from './observed-command.js';
import type { TerminalEvent } from './terminal-protocol.js';
import { TerminalSession } from './terminal-session.js';
import type { UnseenInput } from './unseen-lines.js';

/** Returns a process and its descendants. */
function processesFrom(pid: number): number[] {
  const children = readIfThere(`/proc/${pid}/task/${pid}/children`).trim().split(' ').filter(Boolean);
  return [pid, ...children.flatMap((child) => processesFrom(Number(child)))];
}

/** Returns true if a process waits, is stopped or has ended: it neither runs nor waits for its turn or a disk. */
function sleeps(pid: number): boolean {
  const stat = readIfThere(`/proc/${pid}/stat`);
  return !'RD'.includes(stat.charAt(stat.lastIndexOf(')') + 2) || 'S');
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

const SIZE = { cols: 80, rows: 24 };

/** A real shell on a real pseudo-terminal, observed by a terminal session in this thread. */
export class WatchedShell {
  readonly commands: ObservedCommand[] = [];
  readonly faults: unknown[] = [];
  readonly unseen: UnseenInput[] = [];
  private readonly session: TerminalSession;
  private readonly pty: ReturnType<typeof spawnInPty>;
  private queue: Promise<void> = Promise.resolve();
  private lastOutputAt = performance.now();
  shown = '';
  isClosed = false;

  constructor(
    argv: readonly [string, ...string[]],
    env: Record<string, string> = {},
    /** Removed when the shell is closed. */
    private readonly folder?: string,
    /** Time that each direction takes between the user and the shell. */
    private readonly delayMs = 0,
  ) {
    this.session = new TerminalSession({
      start: { ...SIZE, foreground: undefined },
      clock: systemClock,
      report: (command) => this.commands.push(command),
      unseen: (input) => this.unseen.push(input),
      failed: (error) => this.faults.push(error),
    });
    this.pty = spawnInPty(argv, {
      columns: SIZE.cols,
      rows: SIZE.rows,
      cwd: '/tmp',
      env: { PATH: '/usr/bin:/bin', HOME: '/nonexistent', LANG: 'C.UTF-8', HISTFILE: '', ...env },
    });
    this.pty.output.on('data', (data: Buffer) => {
      this.lastOutputAt = performance.now() + this.delayMs;
      this.shown += data.toString();
      this.later(() => this.take({ kind: 'output', data: new Uint8Array(data), at: Date.now() }));
    });
  }

  /** Types the keys at once, then waits until the screen has been quiet. */
  async type(keys: string, quietMs = 180): Promise<void> {
    this.take({ kind: 'input', data: new Uint8Array(Buffer.from(keys)), at: Date.now() });
    this.send(keys);
    await this.quiet(quietMs);
  }

  /** Types the keys of each line at its time, without waiting for the shell. */
  async typeEvery(ms: number, lines: readonly string[]): Promise<void> {
    for (const line of lines) {
      this.take({ kind: 'input', data: new Uint8Array(Buffer.from(`${line}\r`)), at: Date.now() });
      this.send(`${line}\r`);
      await sleep(ms);
    }
    await this.quiet(400 + 2 * this.delayMs);
  }

  private send(keys: string): void {
    this.lastOutputAt = performance.now() + 2 * this.delayMs;
    this.later(() => this.pty.input.write(keys));
  }

  /** Calls at once, or after the delay; timers of one delay keep their order. */
  private later(call: () => void): void {
    if (this.delayMs === 0) call();
    else setTimeout(call, this.delayMs);
  }

  /** Waits until no output has come for a while and every process on the terminal sleeps: on a busy machine, a silent program may wait for its turn. */
  async quiet(quietMs = 180): Promise<void> {
    const isQuiet = (): boolean => performance.now() - this.lastOutputAt >= quietMs;
    const patienceEnds = performance.now() + 20_000;
    while (!isQuiet() || (performance.now() < patienceEnds && !(await this.isAtRest(isQuiet)))) await sleep(20);
    await this.queue;
  }

  /** Waits one turn of the loop, after which everything written before the sleep has been read. */
  private async isAtRest(isQuiet: () => boolean): Promise<boolean> {
    if (!processesFrom(this.pty.pid).every(sleeps)) return false;
    await nextTurn();
    await nextTurn();
    return isQuiet();
  }

  async run(...lines: string[]): Promise<void> {
    for (const line of lines) await this.type(`${line}\r`);
  }

  resize(cols: number, rows: number): void {
    this.pty.resize(cols, rows);
    this.take({ kind: 'resize', cols, rows });
  }

  dropScreen(): void {
    this.session.dropIdle(0);
  }

  async close(): Promise<void> {
    this.isClosed = true;
    await this.quiet();
    this.session.close();
    this.pty.kill();
    await this.pty.exited;
    if (this.folder !== undefined) rmSync(this.folder, { recursive: true });
  }

  get inputs(): string[] {
    return this.commands.map((command) => command.input);
  }

  outputOf(input: string): string | undefined {
    return this.commands.find((command) => command.input === input)?.output;
  }

  private take(event: TerminalEvent): void {
    this.queue = this.queue.then(() => this.session.take([event]));
  }
}

const BASH: [string, ...string[]] = ['/bin/bash', '--norc', '--noprofile', '-i'];
const PROMPT = { PS1: '\\u@host:\\w\\$ ' };

/** Starts bash without its start-up files. */
export const bash = (env: Record<string, string> = {}, delayMs = 0): WatchedShell =>
  new WatchedShell(BASH, { ...PROMPT, ...env }, undefined, delayMs);

/** Starts bash without bracketed paste, like every bash before 5.1: nothing marks its prompts. */
export function oldBash(delayMs = 0): WatchedShell {
  const folder = mkdtempSync(join(tmpdir(), 'inputrc-'));
  const settings = join(folder, 'inputrc');
  writeFileSync(settings, 'set enable-bracketed-paste off\n');
  return new WatchedShell(BASH, { ...PROMPT, INPUTRC: settings }, folder, delayMs);
}

export const dash = (env: Record<string, string> = {}, delayMs = 0): WatchedShell =>
  new WatchedShell(['/bin/dash', '-i'], { PS1: '$ ', ...env }, undefined, delayMs);

/**
 * Defines a test of shells of its own, which are closed after it and must have had no fault. A shell mostly waits, so its tests run at the
 * same time: `it.concurrent`, `describe.concurrent`.
 */
export const it = plain
  .extend('watch', ({ onTestFinished }) => {
    const shells: WatchedShell[] = [];
    onTestFinished(async () => {
      for (const shell of shells) if (!shell.isClosed) await shell.close();
      expect(shells.flatMap(({ faults }) => faults)).toEqual([]);
    });
    return (shell: WatchedShell): WatchedShell => {
      shells.push(shell);
      return shell;
    };
  })
  .extend('open', ({ watch }) => async (shell: WatchedShell, quietMs = 400): Promise<WatchedShell> => {
    await watch(shell).quiet(quietMs);
    return shell;
  });
