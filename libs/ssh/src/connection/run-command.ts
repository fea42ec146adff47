/** One command on a peer, start to end, with bounded output: what tasks on assets need. */
import { type ChannelRequest } from './channel-request.js';
import type { Channel } from './channel.js';
import type { SshConnection } from './ssh-connection.js';

/** How to run it. */
export interface CommandOptions {
  /** Bytes for the command's input; none by default. It is ended in any case. */
  readonly input?: Buffer;
  /** Bytes kept of stdout and of stderr each; the rest is dropped and counted. 1 MiB by default. */
  readonly maxOutputBytes?: number;
  /** Closes the channel when it fires; the promise then rejects with its reason. */
  readonly signal?: AbortSignal;
}

/** How it went. One of `status` and `killedBy` is set, or neither when the peer did not say. */
export interface CommandResult {
  readonly status: number | undefined;
  readonly killedBy: string | undefined;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
  readonly droppedBytes: number;
}

/** The peer refused to run a command. */
export class CommandRefused extends Error {
  override readonly name = 'CommandRefused';
}

const DEFAULT_OUTPUT_BYTES = 1024 * 1024;

/** Runs a command in a session channel. Rejects with ChannelOpenFailed, CommandRefused, the connection's end or the signal's reason. */
export async function runCommand(connection: SshConnection, command: string | Buffer, options: CommandOptions = {}): Promise<CommandResult> {
  options.signal?.throwIfAborted();
  const output = new CommandOutput(options.maxOutputBytes ?? DEFAULT_OUTPUT_BYTES);
  const ended = Promise.withResolvers<void>();
  let input = options.input ?? Buffer.alloc(0);
  let isInputEnded = false;
  const feed = (): void => {
    if (isInputEnded) return;
    input = input.subarray(channel.send(input));
    if (input.length > 0) return;
    isInputEnded = true;
    channel.sendEof();
  };
  const channel: Channel = await connection.openChannel(
    { kind: 'session' },
    {
      data: (bytes, stream) => {
        output.add(bytes, stream);
        channel.consume(bytes.length);
      },
      request: (request) => output.note(request),
      writable: feed,
      closed: (reason) => (reason === undefined ? ended.resolve() : ended.reject(reason)),
    },
  );
  const abort = (): void => {
    channel.close();
    ended.reject(options.signal?.reason);
  };
  options.signal?.addEventListener('abort', abort, { once: true });
  ended.promise.catch(() => undefined);
  try {
    if (!(await channel.request({ kind: 'exec', command: Buffer.from(command) }))) throw new CommandRefused('The peer refused to run the command');
    feed();
    await ended.promise;
    return output.result();
  } finally {
    options.signal?.removeEventListener('abort', abort);
    channel.close();
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
