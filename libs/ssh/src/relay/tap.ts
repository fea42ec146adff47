/** Observers and filters of a relay. */
import type { ChannelRequest } from '../connection/channel-request.js';

/** `input` goes from the client to the target, `output` from the target to the client. */
export type RelayDirection = 'input' | 'output';

/** Observes a relay without changing it. Bytes are views, valid during the call; a tap sees them before they are sent. */
export interface RelayTap {
  /** Observes data. `stream` is 0, or 1 for stderr. */
  data?(direction: RelayDirection, bytes: Buffer, stream: number): void;
  /** Observes a request that passes; not those that `mayPass` refuses. */
  request?(direction: RelayDirection, request: ChannelRequest): void;
  /** Observes EOF. */
  eof?(direction: RelayDirection): void;
  /** Handles the end: both channels are closed. */
  closed?(): void;
  /**
   * Returns false to withhold credit in both directions and to hold the client's input, until the relay's `resume` is called.
   * The target may still send as much as its window allows: reserve room for that.
   */
  hasRoom?(): boolean;
}

/** The output of a filter. The bytes are copied. */
export interface FilterOutput {
  /** Passes on bytes. May be called several times, also after an `await` of the filter. */
  pass(bytes: Buffer): void;
}

/**
 * Holds, drops or replaces the bytes of one direction. Only bytes that it passes to `output.pass` go on.
 * While a returned promise is pending, no further data of this direction is delivered: the order is kept and the peer gets no credit.
 * If it throws or rejects, both channels are closed.
 */
export interface RelayFilter {
  /** Filters data. `bytes` is a view, valid until the first `await`; `stream` is 0, or 1 for stderr. */
  data(bytes: Buffer, stream: number, output: FilterOutput): void | Promise<void>;
}
