/** Runs one command on a peer with bounded output, for tasks on assets. */
import { type ChannelRequest } from './channel-request.js';
import type { Channel } from './channel.js';
import type { ChannelHandler } from './channel-handler.js';
import type { SshConnection } from './ssh-connection.js';

/** Options of a command. */
export interface CommandOptions {
  /** Bytes for the standard input of the command; none by default. EOF follows in any case. */
  readonly input?: Buffer;
  /** Bytes that are kept of stdout and of stderr each; further bytes are dropped and counted. 1 MiB by default. */
  readonly maxOutputBytes?: number;
  /** Closes the channel when it aborts. The promise then rejects with its reason. */
  readonly signal?: AbortSignal;
}

/**
 * The result of a command. One of `status` and `killedBy` is set, or neither if the peer sent none. `killedBy` is a signal name without
 * SIG.
 */
export interface CommandResult {
  readonly status: number | undefined;
  readonly killedBy: string | undefined;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
  readonly droppedBytes: number;
}

/** The peer refused the exec request. */
export class CommandRefused extends Error {
  override readonly name = 'CommandRefused';
}

const DEFAULT_OUTPUT_BYTES = 1024 * 1024;

/**
 * Runs a command in a session channel (RFC 4254 §6.5) and returns its result.
 * Rejects with ChannelOpenFailed, CommandRefused, the reason why the connection ended or the reason of `signal`.
 */
export async function runCommand(
  connection: SshConnection,
  command: string | Buffer,
  options: CommandOptions = {},
): Promise<CommandResult> {
  const { signal } = options;
  signal?.throwIfAborted();
  const run = new CommandRun(options);
  const channel = await connection.openChannel({ kind: 'session' }, run.handler());
  const abort = (): void => run.fail(signal?.reason);
  signal?.addEventListener('abort', abort, { once: true });
  try {
    if (!(await channel.request({ kind: 'exec', command: Buffer.from(command) })))
      throw new CommandRefused('The peer refused to run the command');
    return await run.start(channel);
  } finally {
    signal?.removeEventListener('abort', abort);
    channel.close();
  }
}

/** Sends the input and collects the output. */
class CommandRun {
  private readonly output: CommandOutput;
  private input: Buffer;
  private channel: Channel | undefined;
  private isInputEnded = false;
  private isEnded = false;
  private failure: unknown;
  private settle: () => void = () => undefined;

  constructor(options: CommandOptions) {
    this.output = new CommandOutput(options.maxOutputBytes ?? DEFAULT_OUTPUT_BYTES);
    this.input = options.input ?? Buffer.alloc(0);
  }

  handler(): ChannelHandler {
    return {
      data: (bytes, stream) => {
        this.output.add(bytes, stream);
        this.channel?.consume(bytes.length);
      },
      request: (request) => this.output.note(request),
      writable: () => this.feed(),
      closed: (reason) => this.end(reason),
    };
  }

  async start(channel: Channel): Promise<CommandResult> {
    this.channel = channel;
    channel.consume(channel.unconsumedBytes);
    this.feed();
    if (!this.isEnded) await new Promise<void>((resolve) => (this.settle = resolve));
    if (this.failure !== undefined) throw this.failure;
    return this.output.result();
  }

  fail(reason: unknown): void {
    this.end(reason);
    this.channel?.close();
  }

  private end(reason: unknown): void {
    if (this.isEnded) return;
    this.isEnded = true;
    this.failure = reason;
    this.settle();
  }

  private feed(): void {
    if (this.isInputEnded || this.channel === undefined) return;
    this.input = this.input.subarray(this.channel.send(this.input));
    if (this.input.length > 0) return;
    this.isInputEnded = true;
    this.channel.sendEof();
  }
}

class CommandOutput {
  private readonly parts: [Buffer[], Buffer[]] = [[], []];
  private readonly sizes: [number, number] = [0, 0];
  private droppedBytes = 0;
  private status: number | undefined;
  private killedBy: string | undefined;

  constructor(private readonly maxBytes: number) {}

  add(bytes: Buffer, stream: number): void {
    const index = stream === 0 ? 0 : 1;
    const kept = bytes.subarray(0, this.maxBytes - this.sizes[index]);
    this.droppedBytes += bytes.length - kept.length;
    if (kept.length > 0) this.parts[index].push(Buffer.from(kept));
    this.sizes[index] += kept.length;
  }

  note({ details }: ChannelRequest): boolean {
    if (details.kind === 'exit-status') this.status = details.status;
    else if (details.kind === 'exit-signal') this.killedBy = details.signal;
    else return false;
    return true;
  }

  result(): CommandResult {
    const { status, killedBy, droppedBytes, parts } = this;
    return { status, killedBy, droppedBytes, stdout: Buffer.concat(parts[0]), stderr: Buffer.concat(parts[1]) };
  }
}
