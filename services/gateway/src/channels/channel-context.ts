import type { Clock } from '@sallyport/context';
import type { Logger } from '@sallyport/telemetry';
import type { AccessPeer } from '../peers/access-peer.js';
import type { TerminalIo } from '../menu/index.js';
import type { SshConnection } from '../ssh/index.js';
import type { TapMaker } from '../taps/channel-tap.js';
import type { OnRefused } from './channel-policy.js';
import type { ConnectionSessions } from './connection-sessions.js';
import type { PendingChannel } from './pending-channel.js';

/** The collaborators that all channels of the process share. */
export interface ChannelDeps {
  clock: Clock;
  logger: Logger;
  makeTap: TapMaker;
  access: Pick<AccessPeer, 'listGranted'>;
  /** True if the login banners of assets are shown to users. */
  showsAssetBanners: boolean;
}

/** The connection that a client's channel belongs to. */
export interface ConnectionContext {
  /** The SSH connection to the client, for channels that the gateway opens towards it. */
  connection: Pick<SshConnection, 'openChannel' | 'disconnect' | 'channelCount'>;
  /** The terminals on which the gateway itself talks with the user. */
  menus: Set<TerminalIo>;
  sessions: ConnectionSessions;
  deps: ChannelDeps;
  onRefused: OnRefused;
}

/** A session channel on which a client has started something, with its connection. */
export interface ChannelContext extends ConnectionContext {
  pending: PendingChannel;
}
