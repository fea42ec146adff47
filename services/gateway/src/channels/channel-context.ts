import type { Clock } from '@sallyport/context';
import type { Logger } from '@sallyport/telemetry';
import type { AccessPeer } from '../peers/access-peer.js';
import type { TapMaker } from '../taps/channel-tap.js';
import type { ChannelLobby } from './channel-lobby.js';
import type { SessionSource } from './session-source.js';

/** What all channels of the process share. */
export interface ChannelTools {
  clock: Clock;
  logger: Logger;
  makeTap: TapMaker;
  access: Pick<AccessPeer, 'listGranted'>;
}

/** What a channel kind works with. */
export interface ChannelContext {
  lobby: ChannelLobby;
  source: SessionSource;
  tools: ChannelTools;
  onRefused(type: string): void;
}
