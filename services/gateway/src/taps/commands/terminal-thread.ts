import { parentPort } from 'node:worker_threads';
import { systemClock } from '@sallyport/context';
import type { FromThread, ToThread } from './terminal-protocol.js';
import { TerminalSession } from './terminal-session.js';

/** The screen of an idle terminal is dropped after this time. */
const IDLE_MS = 60_000;

/** The thread: terminals by number, each processing its batches one after another. */
const terminals = new Map<number, TerminalSession>();
const post = (message: FromThread): void => parentPort?.postMessage(message);

function open(message: Extract<ToThread, { type: 'events' }>): TerminalSession {
  const { terminal, start } = message;
  const session = new TerminalSession({
    start,
    clock: systemClock,
    report: (command) => post({ type: 'command', terminal, command }),
    // The error's message could quote the screen; its kind and place are enough.
    failed: (error) =>
      post({
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
    return post({ type: 'closed', terminal });
  }
  const session = terminals.get(terminal) ?? open(message);
  void session.take(message.events).then(() => post({ type: 'done', terminal }));
});

systemClock.interval(IDLE_MS / 4, () => {
  for (const session of terminals.values()) session.dropIdle(IDLE_MS);
});
