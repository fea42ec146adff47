/** One of a channel's two streams. A client sends `stdout` (its input) alone. */
export type ChannelStream = 'stdout' | 'stderr';

/** Returns the engine's number of a stream: 0, or the type code of extended data (RFC 4254 §5.2). */
export const streamCode = (stream: ChannelStream): number => (stream === 'stderr' ? 1 : 0);
