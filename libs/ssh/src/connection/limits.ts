/** Limits of one connection's channels. Sizes are in bytes. */
export interface ConnectionLimits {
  /** Channels that are open or being opened at once, counting those of both sides. */
  readonly channels: number;
  /** The window of a channel: bytes that the peer may send before the application consumes any. */
  readonly windowBytes: number;
  /** The window until the application has accepted a shell, exec or subsystem request. */
  readonly firstWindowBytes: number;
  /**
   * Credit over all channels: bytes that the peer may send, or has sent without being consumed. Beyond it a channel gets
   * `floorWindowBytes`.
   */
  readonly creditBytes: number;
  /** Credit that every channel gets, so that none starves. */
  readonly floorWindowBytes: number;
  /** Maximum data packet that the peer may send. */
  readonly packetBytes: number;
  /**
   * Bytes and events that wait for the application. Beyond it the peer is not read.
   * Must be at least `creditBytes` plus all floors: then a peer that obeys its windows is always read. Otherwise two relayed connections
   * could
   * wait for each other forever.
   */
  readonly heldBytes: number;
  /** Global requests that may wait for their replies. Beyond it the peer is not read. */
  readonly waitingGlobalRequests: number;
}

/** The default limits. One connection uses less than 8 MiB, whatever its peer does. */
export const DEFAULT_CONNECTION_LIMITS: ConnectionLimits = {
  channels: 64,
  windowBytes: 2 * 1024 * 1024,
  firstWindowBytes: 128 * 1024,
  creditBytes: 3 * 1024 * 1024,
  floorWindowBytes: 16 * 1024,
  packetBytes: 32 * 1024,
  heldBytes: 4.5 * 1024 * 1024,
  waitingGlobalRequests: 16,
};

/** Throws RangeError if the limits contradict each other. */
export function checkLimits({ heldBytes, creditBytes, floorWindowBytes, channels }: ConnectionLimits): void {
  const least = creditBytes + floorWindowBytes * channels;
  if (heldBytes < least)
    throw new RangeError(`heldBytes is ${heldBytes}; it must be at least ${least}, creditBytes plus floorWindowBytes for each channel`);
}
