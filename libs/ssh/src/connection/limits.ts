/** Bounds of one connection's channels. Sizes are bytes. */
export interface ConnectionLimits {
  /** Channels open or opening at once, both sides' together. */
  readonly channels: number;
  /** What one channel's peer may send before the application has consumed any of it. */
  readonly windowBytes: number;
  /** The same until the application has accepted what the channel is for (shell, exec, subsystem). */
  readonly firstWindowBytes: number;
  /** Credit given and not yet consumed, over all channels: above it a channel gets `floorWindowBytes` and no more. */
  readonly creditBytes: number;
  /** Credit that every channel has, so that none starves. */
  readonly floorWindowBytes: number;
  /** Largest data packet the peer may send. */
  readonly packetBytes: number;
  /**
   * Bytes and events kept because the application has not made up its mind: above it nothing more is read from the peer. Above
   * `creditBytes` and all floors, so that a peer that keeps to its windows is never stopped: two that wait for each other could hang.
   */
  readonly heldBytes: number;
  /** Global requests that may wait for their answers; above it nothing more is read from the peer. */
  readonly waitingGlobalRequests: number;
}

/** The bounds in force unless an option says otherwise. One connection's memory stays below 8 MiB whatever its peer does. */
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

/** Throws RangeError when the bounds contradict each other. */
export function checkLimits({ heldBytes, creditBytes, floorWindowBytes, channels }: ConnectionLimits): void {
  const least = creditBytes + floorWindowBytes * channels;
  if (heldBytes < least) throw new RangeError(`heldBytes is ${heldBytes}; it must be at least creditBytes and all floors, ${least}`);
}
