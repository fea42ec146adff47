/** For tests: a server application that runs commands on this machine, as sshd does. */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import type { Channel } from './channel.js';
import type { ChannelRequestDetails } from './channel-request.js';
import { ChannelStream } from './channel-stream.js';
import type { IncomingChannel } from './incoming-channel.js';
import { OpenFailureReason } from './open-failure.js';
import type { ConnectionHandler } from './ssh-connection.js';

/** All requests of a client in its sessions, in order. */
export type Asked = ChannelRequestDetails[];

/** Runs `exec` requests with sh and refuses every other channel type. Decides on a request after `delayMs` milliseconds. */
export function shellApplication(asked: Asked = [], delayMs = 0): ConnectionHandler {
  return {
    channelOpen: (incoming) => {
      if (incoming.kind.kind === 'session') serveSession(incoming, asked, delayMs);
      else incoming.reject(OpenFailureReason.administrativelyProhibited, 'Only sessions are allowed');
    },
  };
}

const serveSession = (incoming: IncomingChannel, asked: Asked, delayMs: number): void => {
  const env: Record<string, string> = {};
  const stream = new ChannelStream({
    request: async ({ details }) => {
      asked.push(details);
      if (details.kind === 'env') env[details.name] = details.value;
      if (details.kind !== 'exec') return details.kind === 'pty-req' || details.kind === 'env';
      await new Promise((resolve) => setTimeout(resolve, delayMs));
      run(details.command.toString(), env, stream, channel);
      return true;
    },
  });
  const channel: Channel = incoming.accept(stream.handler);
  stream.attach(channel);
  stream.on('error', () => undefined);
};

const run = (command: string, env: Record<string, string>, stream: ChannelStream, channel: Channel): void => {
  const child = spawn('sh', ['-c', command], { env: { ...process.env, ...env } });
  child.stdin.on('error', () => undefined);
  stream.pipe(child.stdin);
  child.stdout.pipe(stream, { end: false });
  stream.stderr.resume();
  sendStderr(child, channel);
  child.on('close', (code, signal) => {
    if (signal !== null) channel.notify({ kind: 'exit-signal', signal: signal.slice(3), isCoreDumped: false, message: '' });
    else channel.notify({ kind: 'exit-status', status: code ?? 255 });
    stream.end(() => channel.close());
  });
};

const sendStderr = (child: ChildProcessWithoutNullStreams, channel: Channel): void => {
  child.stderr.on('data', (bytes: Buffer) => {
    const sent = channel.send(bytes, 1);
    if (sent === bytes.length) return;
    child.stderr.pause();
    child.stderr.unshift(bytes.subarray(sent));
    setTimeout(() => child.stderr.resume(), 1);
  });
};
