import type { SshChannel } from './ssh-channel.js';

/** Why a channel is not opened (RFC 4254 §5.1). */
export type OpenRefusal = 'prohibited' | 'unknown-type' | 'shortage';

/** A peer's wish to open a channel. Exactly one of `accept` and `refuse` is to be called. */
export interface ChannelOpenRequest {
  readonly type: string;
  accept(): SshChannel;
  refuse(why: OpenRefusal, words: string): void;
}

/** A peer's wish that concerns the connection (RFC 4254 §4); answered with "no" unless `accept` is called in the same turn. */
export interface GlobalRequest {
  readonly name: string;
  accept(): void;
}

/** What an authenticated connection tells its user. */
export interface ConnectionHandlers {
  onChannelOpen(request: ChannelOpenRequest): void;
  onGlobalRequest(request: GlobalRequest): void;
  /** The connection is gone. Called once, after `onClose` of its channels; `cause` is absent after an orderly end. */
  onClose(cause: Error | undefined): void;
}

/** An authenticated SSH connection in either role. */
export interface SshConnection {
  /** Address of the other side, an IP without port. */
  readonly remoteAddress: string;
  /** Identification of the other side without "SSH-2.0-". */
  readonly remoteSoftware: string;
  attach(handlers: ConnectionHandlers): void;
  /** Opens a session channel; rejects with SshConnectionClosed or ChannelOpenRefused. */
  openSession(): Promise<SshChannel>;
  /** Says goodbye (DISCONNECT with these words) and closes the socket once that has left. */
  disconnect(words: string): void;
  /** Bytes of both directions, on the wire. */
  readonly bytesOnWire: { read: number; written: number };
}
