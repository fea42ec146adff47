/** Opens a channel that one peer requests at the other peer and couples both: sessions, forwards, agents, X11. */
import type { ChannelKind } from '../connection/channel-kind.js';
import type { IncomingChannel } from '../connection/incoming-channel.js';
import { ChannelOpenFailed } from '../connection/open-failure.js';
import type { SshConnection } from '../connection/ssh-connection.js';
import { coupleChannels, type Relay, type RelayOptions } from './relay.js';

/** Options of a relayed channel. */
export interface RelayOpenOptions extends RelayOptions {
  /**
   * The side that requested the channel: the `client` for a session or direct-tcpip, the `target` for an agent or a forwarded connection.
   */
  readonly askedBy: 'client' | 'target';
  /** The channel type to open instead of the requested one. */
  readonly kind?: ChannelKind;
}

/**
 * Opens the channel at `far`, accepts `incoming` and couples both channels.
 * If `far` refuses the channel, passes on the reason and returns undefined. Rejects with any other error.
 */
export async function relayOpen(incoming: IncomingChannel, far: SshConnection, options: RelayOpenOptions): Promise<Relay | undefined> {
  try {
    const farChannel = await far.openChannel(options.kind ?? incoming.kind, {});
    const nearChannel = incoming.accept({});
    return options.askedBy === 'client'
      ? coupleChannels(nearChannel, farChannel, options)
      : coupleChannels(farChannel, nearChannel, options);
  } catch (error) {
    if (!(error instanceof ChannelOpenFailed)) throw error;
    incoming.reject(error.reason, error.message);
    return undefined;
  }
}
