import { spawnInPty } from '@sallyport/backing';
import { spawn } from 'node:child_process';
import type { PseudoTtyInfo, ServerChannel, Session } from 'ssh2';
import type { DemoSettings } from './config.js';
import { serveSftp } from './serve-sftp.js';

/** Serves one session channel: at most a terminal, then a shell, a command or SFTP. */
export function serveSession(session: Session, settings: DemoSettings): void {
  let terminal: PseudoTtyInfo | undefined;
  let resize: (columns: number, rows: number) => void = () => undefined;
  const variables: Record<string, string> = {};
  const run = (channel: ServerChannel, argv: [string, ...string[]]): void => {
    const env = { ...loginEnvironment(settings), ...variables };
    if (terminal === undefined) runPlain(channel, argv, env);
    else resize = runInTerminal(channel, argv, env, terminal);
  };
  session.on('pty', (accept, _reject, info) => {
    terminal = info;
    accept?.();
  });
  session.on('window-change', (accept, _reject, info) => {
    resize(info.cols, info.rows);
    accept?.();
  });
  session.on('env', (accept, reject, info: { key: string; val: string }) => {
    if (!/^(LANG|LC_\w+)$/.test(info.key)) return reject?.();
    variables[info.key] = info.val;
    accept?.();
  });
  session.on('shell', (accept) =>
    run(accept(), ['/bin/sh', '-c', 'if [ -x /bin/bash ]; then exec /bin/bash -l; else exec /bin/sh -l; fi']),
  );
  session.on('exec', (accept, _reject, info) => run(accept(), ['/bin/sh', '-c', info.command]));
  session.on('sftp', (accept) => serveSftp(accept(), settings.home));
}

function loginEnvironment(settings: DemoSettings): Record<string, string> {
  return { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: settings.home, USER: settings.user, LOGNAME: settings.user, SHELL: '/bin/sh' };
}

function runInTerminal(
  channel: ServerChannel,
  argv: [string, ...string[]],
  env: Record<string, string>,
  size: PseudoTtyInfo,
): (columns: number, rows: number) => void {
  const term = (size as { term?: string }).term ?? 'xterm';
  const terminal = spawnInPty(argv, { columns: size.cols || 80, rows: size.rows || 24, env: { ...env, TERM: term } });
  terminal.output.pipe(channel, { end: false });
  channel.pipe(terminal.input);
  channel.on('close', () => terminal.kill());
  void terminal.exited.then((code) => {
    channel.exit(code);
    channel.end();
  });
  return terminal.resize;
}

function runPlain(channel: ServerChannel, argv: [string, ...string[]], env: Record<string, string>): void {
  const [file, ...args] = argv;
  const child = spawn(file, args, { env });
  channel.pipe(child.stdin);
  child.stdin.on('error', () => undefined); // a command may end without reading its input
  child.stdout.pipe(channel, { end: false });
  child.stderr.pipe(channel.stderr, { end: false });
  channel.on('close', () => child.kill('SIGHUP'));
  child.once('close', (code, signal) => {
    if (signal === null) channel.exit(code ?? 255);
    else channel.exit(signal.slice('SIG'.length));
    channel.end();
  });
}
