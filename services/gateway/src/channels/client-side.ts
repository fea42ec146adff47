import type { SshChannel } from '../ssh/index.js';
import { exitStatusPayload, type Terminal } from './terminal-request.js';

/** The client's end of a relay: how things are said on it and how it ends. */
export interface ClientSide {
  readonly channel: SshChannel;
  /** One or more lines for the person, on stderr. */
  say(words: string): void;
  /** The program on the asset ended: exit-status or exit-signal as it came. */
  passExit(type: string, payload: Buffer): void;
  /** The asset reads no more bytes. */
  passEndOfWrite(): void;
  /** The asset sends no more bytes. */
  passEof(): void;
  /** Nothing more comes from the asset. */
  finish(outcome: 'finished' | 'failed'): void;
}

/** What OpenSSH too answers when the connection, not the command, failed. */
const EXIT_FAILED = 255;

/** OpenSSH's word, in both directions, for "nobody reads what you send any more" (its PROTOCOL, 2.1). */
export const END_OF_WRITE = 'eow@openssh.com';

/** Words as a terminal or a pipe shows them. */
export const asLines = (words: string, terminal: Terminal | undefined): Buffer =>
  Buffer.from(terminal ? `\r\n${words.replaceAll('\n', '\r\n')}\r\n` : `${words}\n`);

/** A channel that belongs to the asset alone: it ends as the asset's does. */
export class OwnChannelSide implements ClientSide {
  constructor(
    readonly channel: SshChannel,
    private readonly terminal: () => Terminal | undefined,
  ) {}

  say(words: string): void {
    this.channel.write(asLines(words, this.terminal()), 'stderr');
  }

  passExit(type: string, payload: Buffer): void {
    this.channel.notify(type, payload, 'in-order');
  }

  passEndOfWrite(): void {
    this.channel.notify(END_OF_WRITE, Buffer.alloc(0), 'at-once');
  }

  passEof(): void {
    this.channel.eof();
  }

  finish(outcome: 'finished' | 'failed'): void {
    if (outcome === 'failed') this.channel.notify('exit-status', exitStatusPayload(EXIT_FAILED), 'in-order');
    this.channel.eof();
    this.channel.close();
  }
}
