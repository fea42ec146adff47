/** A channel that the peer requests (RFC 4254 §5.1). */
import type { Channel } from './channel.js';
import type { ChannelHandler } from './channel-handler.js';
import type { ChannelKind } from './channel-kind.js';

/** The application accepts or rejects it, now or later. The peer may not send data on it before. */
export interface IncomingChannel {
  readonly kind: ChannelKind;
  /** Opens the channel. Throws RangeError after another `accept` or `reject`. If the connection has ended, calls the handler's `closed`. */
  accept(handler: ChannelHandler): Channel;
  /**
   * Refuses the channel with a reason code (OpenFailureReason) and a readable description. Throws RangeError after `accept` or `reject`.
   */
  reject(reason: number, description: string): void;
}
