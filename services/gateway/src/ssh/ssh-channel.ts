/** One SSH channel (RFC 4254 §5), in either role, with explicit flow control. */

/** Which of a channel's two streams bytes belong to. From a client only `stdout` (its input) arrives. */
export type ChannelStream = 'stdout' | 'stderr';

/** A channel request (RFC 4254 §5.4), payload as it came. */
export interface ChannelRequest {
  readonly type: string;
  /** What follows `want reply`. */
  readonly payload: Buffer;
  readonly wantReply: boolean;
  /** Answers it; without effect when no reply is wanted. Answers leave in the order of their requests. */
  reply(accepted: boolean): void;
}

/** What a channel tells its user. */
export interface ChannelHandlers {
  /** Bytes came. They count against the window until they are given back with `consume`. */
  onData(data: Buffer, stream: ChannelStream): void;
  onRequest(request: ChannelRequest): void;
  /** The peer will send no more bytes; it may still read (half-close). */
  onEof(): void;
  /** The peer has closed the channel, or the connection is gone: nothing more comes, and data goes nowhere. `close` answers it; requests may go before. */
  onClose(): void;
  /** All that was written has left for the socket. */
  onDrain(): void;
}

export interface SshChannel {
  /** Sets who hears of this channel, in place of whoever did; an end that came before is told again. To be called in the turn that gave it. */
  attach(handlers: ChannelHandlers): void;
  /** Queues bytes. They leave as the peer's window and the socket allow; after `eof` or `close` they are dropped. */
  write(data: Buffer, stream: ChannelStream): void;
  /** Bytes written that have not left yet. The caller bounds them by giving the other side no credit meanwhile. */
  readonly backlogBytes: number;
  /** Allows the peer to send that many bytes more. */
  consume(bytes: number): void;
  /** Sends a request at once; resolves to whether the peer accepted it, to false when the channel closes first. */
  request(type: string, payload: Buffer): Promise<boolean>;
  /** Sends a request that wants no reply: at once, or behind all that was written. */
  notify(type: string, payload: Buffer, order: 'at-once' | 'in-order'): void;
  /** Ends our direction behind all that was written. */
  eof(): void;
  /** Closes the channel behind all that was written; also the answer to the peer's close. */
  close(): void;
  /** Closes the channel now; what was written and has not left is dropped. */
  abort(): void;
}
