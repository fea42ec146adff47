/** Which of a channel's two streams bytes belong to. From a client only `stdout` (its input) arrives. */
export type ChannelStream = 'stdout' | 'stderr';

/** The same as the engine counts: 0, or the type code of extended data (RFC 4254 §5.2). */
export const streamCode = (stream: ChannelStream): number => (stream === 'stderr' ? 1 : 0);
