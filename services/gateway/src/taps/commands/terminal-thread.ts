import { parentPort } from 'node:worker_threads';
import { systemClock } from '@sallyport/context';
import type { FromThread, ToThread } from './terminal-protocol.js';
import { TerminalSession } from './terminal-session.js';

/** An idle terminal's screen is dropped after this. */
const IDLE_MS = 60_000;

/** The thread's body: terminals by number, each taking its batches one after another. */
const terminals = new Map<number, TerminalSession>();
const tell = (message: FromThread): void => parentPort?.postMessage(message);

function open(message: Extract<ToThread, { type: 'events' }>): TerminalSession {
  const { terminal, start } = message;
  const session = new TerminalSession({
    start,
    clock: systemClock,
    report: (command) => tell({ type: 'command', terminal, command }),
    // The error's own words could quote the screen; its kind and place are enough.
    failed: (error) =>
      tell({
        type: 'failed',
        terminal,
        message: error instanceof Error ? `${error.name} ${error.stack?.split('\n')[1]?.trim() ?? ''}` : 'unknown',
      }),
  });
  terminals.set(terminal, session);
  return session;
}

parentPort?.on('message', (message: ToThread) => {
  const { terminal } = message;
  if (message.type === 'close') {
    terminals.get(terminal)?.close();
    terminals.delete(terminal);
    return tell({ type: 'closed', terminal });
  }
  const session = terminals.get(terminal) ?? open(message);
  void session.take(message.events).then(() => tell({ type: 'done', terminal }));
});

systemClock.interval(IDLE_MS / 4, () => {
  for (const session of terminals.values()) session.dropIdle(IDLE_MS);
});
