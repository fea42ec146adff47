import type { ChannelStream, SshChannel } from '../ssh/index.js';
import { exitStatusPayload, type Terminal } from './terminal-request.js';

/** The client's end of what runs on an asset: how things are said on it and how it ends. */
export interface ClientSide {
  readonly channel: SshChannel;
  /** The channel goes on when the asset's has ended: exit and end of the asset's program are not the client's. */
  readonly outlivesAsset: boolean;
  /** One or more lines for the person, as bytes. */
  words(text: string): { data: Buffer; stream: ChannelStream };
  /** It failed before anything ran. */
  fail(): void;
}

/** What OpenSSH too answers when the connection, not the command, failed. */
export const EXIT_FAILED = 255;

/** OpenSSH's word, in both directions, for "nobody reads what you send any more" (its PROTOCOL, 2.1). */
export const END_OF_WRITE = 'eow@openssh.com';

/** Words as a terminal or a pipe shows them. */
export const asLines = (words: string, terminal: Terminal | undefined): Buffer =>
  Buffer.from(terminal ? `\r\n${words.replaceAll('\n', '\r\n')}\r\n` : `${words}\n`);

/** A channel that belongs to the asset alone: it ends as the asset's does. */
export class OwnChannelSide implements ClientSide {
  readonly outlivesAsset = false;

  constructor(
    readonly channel: SshChannel,
    private readonly terminal: () => Terminal | undefined,
  ) {}

  words(text: string): { data: Buffer; stream: ChannelStream } {
    return { data: asLines(text, this.terminal()), stream: 'stderr' };
  }

  fail(): void {
    this.channel.notify('exit-status', exitStatusPayload(EXIT_FAILED), 'in-order');
    this.channel.eof();
    this.channel.close();
  }
}
