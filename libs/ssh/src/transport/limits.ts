/** Bounds of one transport. All sizes are bytes, all times milliseconds. */
export interface TransportLimits {
  /** Above this much sealed and not yet taken by the socket, no more channel data is accepted. */
  readonly sendBacklogBytes: number;
  /** Above this much, nothing more is read from the peer either: one that does not read is not read. */
  readonly holdBacklogBytes: number;
  /** Above this much the connection ends. Only what needs no room may pass the other bounds, and that is little for a peer that reads. */
  readonly maxBacklogBytes: number;
  /** Most that may wait for the end of a key exchange; more ends the connection. */
  readonly deferredBytes: number;
  /** Bytes read from one socket in one turn of the event loop, so that others get theirs. */
  readonly readBytesPerTurn: number;
  /** New keys after this many bytes in either direction… */
  readonly rekeyBytes: number;
  /** …or this many packets (RFC 4344 §3.1)… */
  readonly rekeyPackets: number;
  /** …or this long. */
  readonly rekeyMs: number;
  /** After DISCONNECT is sent, how long the peer has to take it before the socket is destroyed. */
  readonly lingerMs: number;
}

/** The bounds in force unless an option says otherwise. */
export const DEFAULT_TRANSPORT_LIMITS: TransportLimits = {
  sendBacklogBytes: 1024 * 1024,
  holdBacklogBytes: 2 * 1024 * 1024,
  maxBacklogBytes: 4 * 1024 * 1024,
  deferredBytes: 1024 * 1024,
  readBytesPerTurn: 64 * 1024,
  rekeyBytes: 1024 * 1024 * 1024,
  rekeyPackets: 2 ** 31,
  rekeyMs: 60 * 60 * 1000,
  lingerMs: 2000,
};
