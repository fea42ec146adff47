import { ChannelStream, type ChannelRequestDetails, type IncomingChannel } from '@sallyport/ssh';
import type { DemoSettings } from './config.js';
import { runInTerminal, runPlain, type Program, type Terminal } from './program.js';
import { serveSftp } from './serve-sftp.js';
import type { SessionChannel } from './session-channel.js';

const LOGIN_SHELL = 'if [ -x /bin/bash ]; then exec /bin/bash -l; else exec /bin/sh -l; fi';

/** Serves one session channel: at most a terminal, then one shell, command or SFTP. */
export function serveSession(incoming: IncomingChannel, settings: DemoSettings): void {
  const stream = new ChannelStream({ request: ({ details }) => answer(details) });
  const { handler } = stream;
  let wake = (): void => undefined;
  let program: Program | undefined;
  let terminal: Terminal | undefined;
  const variables: Record<string, string> = {};
  const channel = incoming.accept({
    ...handler,
    writable: () => {
      wake();
      handler.writable?.();
    },
    closed: (reason) => {
      wake();
      program?.hangUp();
      handler.closed?.(reason);
    },
  });
  stream.attach(channel).on('error', () => undefined); // its client has gone: the program is hung up
  stream.stderr.resume();
  const session: SessionChannel = { stream, channel, roomForErrors: () => new Promise((resolve) => (wake = resolve)) };

  /** Grants or refuses a request. Only one program runs in a session (RFC 4254 §6.5). */
  function answer(details: ChannelRequestDetails): boolean {
    switch (details.kind) {
      case 'window-change':
        program?.resize(details);
        return program !== undefined;
      case 'signal':
        program?.signal(details.signal);
        return program !== undefined;
      case 'pty-req':
      case 'env':
        return program === undefined && prepare(details);
      case 'shell':
        return start(LOGIN_SHELL);
      case 'exec':
        return start(details.command.toString());
      case 'subsystem':
        return details.subsystem === 'sftp' && startSftp();
      default:
        return false;
    }
  }

  function prepare(details: ChannelRequestDetails & { kind: 'pty-req' | 'env' }): boolean {
    if (details.kind === 'pty-req') terminal = details;
    else if (/^(LANG|LC_\w+)$/.test(details.name)) variables[details.name] = details.value;
    else return false;
    return true;
  }

  function start(command: string): boolean {
    if (program !== undefined) return false;
    const env = { ...loginEnvironment(settings), ...variables };
    program = terminal === undefined ? runPlain(session, command, env) : runInTerminal(session, command, env, terminal);
    return true;
  }

  function startSftp(): boolean {
    if (program !== undefined) return false;
    program = serveSftp(session, settings.home);
    return true;
  }
}

function loginEnvironment(settings: DemoSettings): Record<string, string> {
  return { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: settings.home, USER: settings.user, LOGNAME: settings.user, SHELL: '/bin/sh' };
}
