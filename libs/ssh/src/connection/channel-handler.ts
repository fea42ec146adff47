import type { ChannelRequest } from './channel-request.js';

/** The application's end of a channel. All events arrive in the order in which the peer sent them. */
export interface ChannelHandler {
  /**
   * Handles data: a view, valid during the call. Each byte must be `consume`d once, now or later. `stream` is 0 for data and the type code
   * for
   * extended data (1 is stderr). Without this method data is dropped.
   */
  data?(bytes: Buffer, stream: number): void;
  /**
   * Grants or refuses a request. While a promise is pending, later events of this channel wait; a rejected promise refuses.
   * Without this method every request is refused.
   */
  request?(request: ChannelRequest): boolean | Promise<boolean>;
  /**
   * Replaces `request` for an application that forwards requests: later events do not wait. `answer` must be called once, now or later.
   * The replies are sent in the order of the requests.
   */
  passRequest?(request: ChannelRequest, answer: (isGranted: boolean) => void): void;
  /** Handles EOF: the peer sends no more data. This side may still send. */
  eof?(): void;
  /**
   * Handles the peer's CLOSE: nothing more arrives, and sent data is dropped. With this method `Channel.close` answers the CLOSE.
   * Until then requests may be sent: OpenSSH's client closes after both directions have ended and reads an exit-status that follows.
   * Without this method the CLOSE is answered at once.
   */
  closing?(): void;
  /** Handles the end; the last call. Both sides closed the channel, or the connection ended because of `reason`. */
  closed?(reason?: Error): void;
  /** Handles new room: `send` took less than its argument and now takes more. */
  writable?(): void;
  /** Reports that the peer has closed the channel while earlier events still wait for the result of `request`: stop the work. */
  abandoned?(): void;
}
