import type { Channel, ChannelStream } from '@sallyport/ssh';

const STDERR = 1;

/** The channel of one session. */
export interface SessionChannel {
  /** Input of the program, and its output. */
  readonly stream: ChannelStream;
  readonly channel: Channel;
  /** Resolves when the channel takes more standard error, or has closed. */
  roomForErrors(): Promise<void>;
}

/** Sends standard error, all of it, as fast as the client takes it. */
export async function sendErrors({ channel, roomForErrors }: SessionChannel, output: AsyncIterable<Buffer>): Promise<void> {
  for await (const chunk of output) {
    for (let rest = chunk; rest.length > 0 && channel.isWritable; ) {
      rest = rest.subarray(channel.send(rest, STDERR));
      if (rest.length > 0) await roomForErrors();
    }
  }
}

/** Reports the end of the program after its output, and closes the channel. */
export function endSession({ stream, channel }: SessionChannel, code: number | null, signal: NodeJS.Signals | null = null): void {
  if (!channel.isOpen) return;
  if (signal === null) channel.notify({ kind: 'exit-status', status: code ?? 255 });
  else channel.notify({ kind: 'exit-signal', signal: signal.slice('SIG'.length), isCoreDumped: false, message: '' });
  stream.end(() => channel.close());
}
