/** Limits of one transport. Sizes are in bytes, times in milliseconds. */
export interface TransportLimits {
  /** While more sealed bytes wait for the socket, no more channel data is accepted. */
  readonly sendBacklogBytes: number;
  /** While more bytes wait, the peer is not read either: a peer that does not read is not read. */
  readonly holdBacklogBytes: number;
  /** The connection ends when more bytes wait. Only small messages pass the other limits, and a peer that reads keeps them few. */
  readonly maxBacklogBytes: number;
  /** The connection ends when more bytes wait for the end of a key exchange. */
  readonly deferredBytes: number;
  /** Bytes read from one socket in one turn of the event loop; the other sockets follow. */
  readonly readBytesPerTurn: number;
  /** Bytes in either direction after which keys are exchanged again. */
  readonly rekeyBytes: number;
  /** Packets in either direction after which keys are exchanged again (RFC 4344 §3.1). */
  readonly rekeyPackets: number;
  /** Time after which keys are exchanged again. */
  readonly rekeyMs: number;
  /** Key exchanges that a peer may start in a minute. The connection ends with the next one. */
  readonly rekeysPerMinute: number;
  /**
   * A key exchange after so many bytes in either direction does not count. OpenSSH's client with a `RekeyLimit` of 512K exchanges keys for
   * every packet of 32 KiB.
   */
  readonly freeRekeyBytes: number;
  /** Time that a client has to send its identification line. */
  readonly identificationMs: number;
  /** Time that the peer has to read DISCONNECT before the socket is destroyed. */
  readonly lingerMs: number;
}

/** The default limits. */
export const DEFAULT_TRANSPORT_LIMITS: TransportLimits = {
  sendBacklogBytes: 1024 * 1024,
  holdBacklogBytes: 2 * 1024 * 1024,
  maxBacklogBytes: 4 * 1024 * 1024,
  deferredBytes: 1024 * 1024,
  readBytesPerTurn: 64 * 1024,
  rekeyBytes: 1024 * 1024 * 1024,
  rekeyPackets: 2 ** 31,
  rekeyMs: 60 * 60 * 1000,
  rekeysPerMinute: 20,
  freeRekeyBytes: 16 * 1024,
  identificationMs: 10_000,
  lingerMs: 2000,
};
