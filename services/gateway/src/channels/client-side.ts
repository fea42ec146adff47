import { printableLines } from '@sallyport/context';
import { shownBanner, shownText, type ChannelStream, type ShownBytes, type SshChannel } from '../ssh/index.js';
import { exitStatusPayload, type Terminal } from './terminal-request.js';

/** The client's end of a program on an asset: how it shows messages of the gateway and how it ends. */
export interface ClientSide {
  readonly channel: SshChannel;
  /** True: the client's channel stays open when the asset's has closed. The exit of the asset's program is not sent to the client. */
  readonly outlivesAsset: boolean;
  /** Returns a message of one or more lines as the bytes to show, and the stream to show them on. */
  format(message: string): { data: ShownBytes; stream: ChannelStream };
  /** Returns the banner of an asset as the bytes to show, and the stream to show them on. */
  banner(text: string): { data: ShownBytes; stream: ChannelStream };
  /** Ends the channel because it failed before a program ran. */
  fail(): void;
}

/** The exit status that OpenSSH too returns when the connection failed, not the command. */
export const EXIT_FAILED = 255;

/** Formats a message for a terminal or, without one, for a pipe. */
export function formatMessage(message: string, terminal: Terminal | undefined): ShownBytes {
  const text = printableLines(message);
  return terminal ? shownText(`\n${text}\n`, '\r\n') : shownText(`${text}\n`, '\n');
}

/** A channel that is relayed to one asset and ends with the asset's channel. */
export class DirectClientSide implements ClientSide {
  readonly outlivesAsset = false;

  constructor(
    readonly channel: SshChannel,
    private readonly terminal: () => Terminal | undefined,
  ) {}

  format(message: string): { data: ShownBytes; stream: ChannelStream } {
    return { data: formatMessage(message, this.terminal()), stream: 'stderr' };
  }

  /** Sends it to stderr, where OpenSSH's client prints the banners of its own connections: no output of a program changes. */
  banner(text: string): { data: ShownBytes; stream: ChannelStream } {
    return { data: shownBanner(text, this.terminal() ? '\r\n' : '\n'), stream: 'stderr' };
  }

  fail(): void {
    this.channel.notify('exit-status', exitStatusPayload(EXIT_FAILED), 'in-order');
    this.channel.eof();
    this.channel.close();
  }
}
