import { spawnInPty } from '@sallyport/backing';
import type { TerminalSize } from '@sallyport/ssh';
import { spawn } from 'node:child_process';
import { endSession, sendErrors, type SessionChannel } from './session-channel.js';

/** The terminal that a client requested. */
export interface Terminal extends TerminalSize {
  readonly term: string;
}

/** Program of a session. */
export interface Program {
  /** Ends it: its client has gone. */
  hangUp(): void;
  resize(size: TerminalSize): void;
  /** Sends a signal, named without SIG (RFC 4254 §6.9). */
  signal(name: string): void;
}

/** Runs a command without a terminal, in a process group of its own. */
export function runPlain(session: SessionChannel, command: string, env: Record<string, string>): Program {
  const child = spawn('/bin/sh', ['-c', command], { env, detached: true });
  const kill = (signal: string): void => {
    try {
      process.kill(-(child.pid ?? 0), signal);
    } catch {
      // It has ended, or the system does not know the signal.
    }
  };
  session.stream.pipe(child.stdin);
  child.stdin.on('error', () => undefined); // a command may end without reading its input
  child.stdout.pipe(session.stream, { end: false });
  const errorsSent = sendErrors(session, child.stderr).catch(() => undefined);
  child.once('error', () => endSession(session, 127));
  child.once('close', (code, signal) => void errorsSent.then(() => endSession(session, code, signal)));
  return { hangUp: () => kill('SIGHUP'), resize: () => undefined, signal: (name) => kill(`SIG${name}`) };
}

/** Runs a command on a terminal. The end of the input does not hang it up, as with OpenSSH; the end of the channel does. */
export function runInTerminal(session: SessionChannel, command: string, env: Record<string, string>, size: Terminal): Program {
  const terminal = spawnInPty(['/bin/sh', '-c', command], {
    columns: size.columns || 80,
    rows: size.rows || 24,
    env: { ...env, TERM: size.term || 'xterm' },
  });
  session.stream.pipe(terminal.input, { end: false });
  terminal.output.pipe(session.stream, { end: false });
  void terminal.exited.then(
    (code) => endSession(session, code),
    () => endSession(session, 127),
  );
  return {
    hangUp: () => terminal.kill(),
    resize: ({ columns, rows }) => terminal.resize(columns, rows),
    signal: () => undefined, // a client at a terminal types its signals
  };
}
