/** A session channel of the test server: commands and sftp run as processes on this machine. */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import {
  ChannelStream,
  type Channel,
  type ChannelRequest,
  type ChannelRequestDetails,
  type IncomingChannel,
  type SshConnection,
} from '@sallyport/ssh';
import { AgentListener } from './agent-listener.ts';

const SFTP_SERVER = '/usr/lib/openssh/sftp-server';

/** Returns the shell command of a request; undefined if the request starts no program. */
const commandFor = (details: ChannelRequestDetails): string | undefined => {
  if (details.kind === 'exec') return details.command.toString();
  if (details.kind === 'shell') return 'exec sh';
  return details.kind === 'subsystem' && details.subsystem === 'sftp' ? `exec ${SFTP_SERVER}` : undefined;
};

/** See the head of this file. */
export class Session {
  private readonly env: Record<string, string> = {};
  private readonly stream: ChannelStream;
  private readonly channel: Channel;
  private agent: AgentListener | undefined;
  private child: ChildProcessWithoutNullStreams | undefined;
  private stderr: Buffer = Buffer.alloc(0);

  constructor(
    incoming: IncomingChannel,
    private readonly connection: SshConnection,
  ) {
    this.stream = new ChannelStream({ request: (request) => this.onRequest(request) });
    const { handler } = this.stream;
    this.channel = incoming.accept({ ...handler, writable: () => this.onWritable(), closed: (reason) => this.onClosed(reason) });
    this.stream.attach(this.channel);
    this.stream.on('error', () => undefined);
  }

  private async onRequest({ details }: ChannelRequest): Promise<boolean> {
    if (details.kind === 'env') this.env[details.name] = details.value;
    if (details.kind === 'auth-agent-req@openssh.com') await this.listenForAgent();
    const command = commandFor(details);
    if (command === undefined) return details.kind === 'env' || details.kind === 'auth-agent-req@openssh.com';
    this.run(command);
    return true;
  }

  private async listenForAgent(): Promise<void> {
    this.agent = await AgentListener.open(this.connection);
    this.env['SSH_AUTH_SOCK'] = this.agent.path;
  }

  private run(command: string): void {
    const { stream } = this;
    const child = spawn('sh', ['-c', command], { env: { PATH: process.env['PATH'], ...this.env } });
    this.child = child;
    child.stdin.on('error', () => undefined);
    stream.pipe(child.stdin);
    child.stdout.pipe(stream, { end: false });
    stream.stderr.resume();
    child.stderr.on('data', (bytes: Buffer) => this.onStderr(bytes));
    child.on('close', (code, signal) => this.onExit(code, signal));
  }

  private onStderr(bytes: Buffer): void {
    this.stderr = bytes;
    this.child?.stderr.pause();
    this.sendStderr();
  }

  private sendStderr(): void {
    this.stderr = this.stderr.subarray(this.channel.send(this.stderr, 1));
    if (this.stderr.length === 0) this.child?.stderr.resume();
  }

  private onWritable(): void {
    if (this.stderr.length > 0) this.sendStderr();
    this.stream.handler.writable?.();
  }

  private onExit(code: number | null, signal: NodeJS.Signals | null): void {
    if (signal !== null) this.channel.notify({ kind: 'exit-signal', signal: signal.slice(3), isCoreDumped: false, message: '' });
    else this.channel.notify({ kind: 'exit-status', status: code ?? 255 });
    this.stream.end(() => this.channel.close());
  }

  private onClosed(reason: Error | undefined): void {
    this.child?.kill();
    this.agent?.close();
    this.stream.handler.closed?.(reason);
  }
}
