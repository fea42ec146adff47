/** Who watches a relay, and who may hold or change what passes. */
import type { ChannelRequest } from '../connection/channel-request.js';

/** `input` goes from the client to the target, `output` back. */
export type RelayDirection = 'input' | 'output';

/** Observes; cannot change anything. Bytes are views, valid during the call, and are shown before they are sent on. */
export interface RelayTap {
  /** `stream` is 0, or 1 for stderr. */
  data?(direction: RelayDirection, bytes: Buffer, stream: number): void;
  request?(direction: RelayDirection, request: ChannelRequest): void;
  eof?(direction: RelayDirection): void;
  /** Both channels are closed. */
  closed?(): void;
  /**
   * False stops credit in both directions, and holds the client's input in its channel, until the relay's `resume` is called. What the
   * target was allowed before may still come: leave room for its window.
   */
  hasRoom?(): boolean;
}

/** What a filter lets through. The bytes are copied. */
export interface FilterOutput {
  pass(bytes: Buffer): void;
}

/**
 * May hold, drop or replace the bytes of one direction. Nothing passes by itself: what shall go on is given to `output.pass`, before and
 * after waiting. While a returned promise is pending, nothing more of this direction is read from its channel, so that order is kept and
 * the peer runs out of credit. When it throws or rejects, both channels are closed.
 */
export interface RelayFilter {
  data(bytes: Buffer, stream: number, output: FilterOutput): void | Promise<void>;
}
