/** A channel that one peer asks for, opened at the other and coupled: forwards, agents, X11, sessions. */
import type { ChannelKind } from '../connection/channel-kind.js';
import type { IncomingChannel } from '../connection/incoming-channel.js';
import { ChannelOpenFailed } from '../connection/open-failure.js';
import type { SshConnection } from '../connection/ssh-connection.js';
import { coupleChannels, type Relay, type RelayOptions } from './relay.js';

/** Where the channel goes. */
export interface RelayOpenOptions extends RelayOptions {
  /** Who asked for the channel: a `client` for a session or direct-tcpip, a `target` for an agent or a forwarded connection. */
  readonly askedBy: 'client' | 'target';
  /** What to open instead of the kind that was asked for. */
  readonly kind?: ChannelKind;
}

/** Opens the channel at `far`, accepts it at the near side and couples both. Passes a refusal on with its reason and then answers undefined. */
export async function relayOpen(incoming: IncomingChannel, far: SshConnection, options: RelayOpenOptions): Promise<Relay | undefined> {
  try {
    const there = await far.openChannel(options.kind ?? incoming.kind, {});
    const here = incoming.accept({});
    return options.askedBy === 'client' ? coupleChannels(here, there, options) : coupleChannels(there, here, options);
  } catch (error) {
    if (!(error instanceof ChannelOpenFailed)) throw error;
    incoming.reject(error.reason, error.message);
    return undefined;
  }
}
