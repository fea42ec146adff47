/** A channel that the peer wants to open. */
import type { Channel } from './channel.js';
import type { ChannelHandler } from './channel-handler.js';
import type { ChannelKind } from './channel-kind.js';

/** Whether to open it is the application's to say, now or later. The peer may send nothing on it before. */
export interface IncomingChannel {
  readonly kind: ChannelKind;
  /** Opens it. Called a second time, or after `reject`, it throws RangeError. When the connection has ended, the handler's `closed` is called. */
  accept(handler: ChannelHandler): Channel;
  /** Refuses it with a reason code (OpenFailureReason) and a text for people. */
  reject(reason: number, description: string): void;
}
