import type { ChannelRequest } from './channel-request.js';

/** The application's end of a channel. Everything comes in the order in which the peer sent it. */
export interface ChannelHandler {
  /**
   * Bytes arrived: a view, valid during the call. Each must be `consume`d once, now or later. `stream` is 0 for data and the type
   * code for extended data (1 is stderr). Without this method data is dropped.
   */
  data?(bytes: Buffer, stream: number): void;
  /** True grants. What follows on this channel waits until a promise is settled; rejecting it refuses. Without this method all are refused. */
  request?(request: ChannelRequest): boolean | Promise<boolean>;
  /**
   * As `request`, and used instead of it where present, for whoever passes requests on: what follows does not wait. `answer` must be called
   * once, now or later; answers go out in the order of the requests.
   */
  passRequest?(request: ChannelRequest, answer: (isGranted: boolean) => void): void;
  /** The peer will send no more data; this side still may. */
  eof?(): void;
  /**
   * The peer closed the channel: nothing more comes, and data goes nowhere. With this method the CLOSE is answered by `Channel.close`, before
   * which requests may still be sent: OpenSSH's client closes once both directions have ended and takes the exit-status that comes after.
   * Without it a CLOSE is answered at once.
   */
  closing?(): void;
  /** The last call: the peer closed the channel, or the connection ended and `reason` says how. */
  closed?(reason?: Error): void;
  /** `send` took less than it was given; it will take more now. */
  writable?(): void;
  /** The peer has closed the channel though earlier events still wait for an answer of `request`: a hint not to go on. */
  abandoned?(): void;
}
