/** Reason codes of SSH_MSG_CHANNEL_OPEN_FAILURE (RFC 4254 §5.1). */
export const OpenFailureReason = {
  administrativelyProhibited: 1,
  connectFailed: 2,
  unknownChannelType: 3,
  resourceShortage: 4,
} as const;

/** The peer refused the channel, or the connection ended first. */
export class ChannelOpenFailed extends Error {
  override readonly name = 'ChannelOpenFailed';
  constructor(
    /** The reason code of the peer; it may be any number. */
    readonly reason: number,
    description: string,
  ) {
    super(description);
  }
}
