import type { Session } from '../session/index.js';
import type { ChannelOpenRequest } from '../ssh/index.js';
import type { ConnectionContext } from './channel-context.js';
import type { ServedChannel } from './channel-policy.js';
import { serveSessionChannel } from './session-channel.js';

/** Serves a channel that a client opens. */
export type ServeClientChannel = (request: ChannelOpenRequest, context: ConnectionContext) => void;

/** Serves a channel that an asset opens towards the client. */
export type ServeAssetChannel = (request: ChannelOpenRequest, session: Session, context: ConnectionContext) => void;

/** The client's channels. The compiler requires an entry for each row of the policy that is served. */
export const CLIENT_CHANNELS: Readonly<Partial<Record<string, ServeClientChannel>>> = {
  session: serveSessionChannel,
} satisfies Record<ServedChannel<'client'>, ServeClientChannel>;

/** The assets' channels. The compiler requires an entry for each row of the policy that is served. */
export const ASSET_CHANNELS: Readonly<Partial<Record<string, ServeAssetChannel>>> = {} satisfies Record<
  ServedChannel<'asset'>,
  ServeAssetChannel
>;
