import { parentPort, workerData } from 'node:worker_threads';
import { collectGarbage, systemClock } from '@sallyport/context';
import { FairTurns, type TurnTaker } from './fair-turns.js';
import { IdleSweep, type Sweepable } from './idle-sweep.js';
import type { FromThread, TerminalEvent, TerminalStart, ThreadMemory, ToThread } from './terminal-protocol.js';
import { TerminalSession } from './terminal-session.js';
import { WaitingWork } from './waiting-work.js';

const { progress } = workerData as ThreadMemory;
const post = (message: FromThread): void => parentPort?.postMessage(message);
const turns = new FairTurns(() => Atomics.add(progress, 0, 1));

/** A terminal of this thread, with the batch of its events that it works on. */
class ThreadTerminal implements TurnTaker, Sweepable {
  readonly session: string;
  private readonly work: WaitingWork;
  private readonly emulated: TerminalSession;

  constructor(
    private readonly number: number,
    start: TerminalStart,
  ) {
    this.session = start.session;
    this.work = new WaitingWork(start);
    this.emulated = new TerminalSession({
      start,
      clock: systemClock,
      report: (command) => post({ type: 'command', terminal: number, command }),
      unseen: (input) => post({ type: 'unseen', terminal: number, input }),
      // The error's message could quote the screen; its kind and place are enough.
      failed: (error) =>
        post({
          type: 'failed',
          terminal: number,
          message: error instanceof Error ? `${error.name} ${error.stack?.split('\n')[1]?.trim() ?? ''}` : 'unknown',
        }),
    });
  }

  get hasWork(): boolean {
    return !this.work.isEmpty;
  }

  take(events: readonly TerminalEvent[]): void {
    this.work.add(events);
    sweep.begin();
    turns.add(this);
  }

  start(budget: number): { price: number; done: Promise<void> } {
    const { events, price } = this.work.take(budget);
    return { price, done: this.process(events) };
  }

  get isHeld(): boolean {
    return this.emulated.isHeld;
  }

  releaseIdle(idleMs: number): void {
    this.emulated.releaseIdle(idleMs);
  }

  dropIdle(idleMs: number): void {
    this.emulated.dropIdle(idleMs);
  }

  close(): void {
    this.emulated.close();
  }

  private async process(events: readonly TerminalEvent[]): Promise<void> {
    await this.emulated.take(events);
    if (this.work.isEmpty) post({ type: 'done', terminal: this.number });
  }
}

/** The thread's terminals by number. */
const terminals = new Map<number, ThreadTerminal>();
const sweep = new IdleSweep(systemClock, () => terminals.values(), collectGarbage);

function open({ terminal, start }: Extract<ToThread, { type: 'events' }>): ThreadTerminal {
  const opened = new ThreadTerminal(terminal, start);
  terminals.set(terminal, opened);
  return opened;
}

parentPort?.on('message', (message: ToThread) => {
  const { terminal } = message;
  if (message.type === 'close') {
    terminals.get(terminal)?.close();
    terminals.delete(terminal);
    return post({ type: 'closed', terminal });
  }
  (terminals.get(terminal) ?? open(message)).take(message.events);
});
