/** The reasons for which a connection ends, apart from protocol errors and internal errors. */

/** The peer sent SSH_MSG_DISCONNECT. `reason` may be any number and `message` any text. */
export class PeerDisconnected extends Error {
  override readonly name = 'PeerDisconnected';
  constructor(
    readonly reason: number,
    message: string,
  ) {
    super(message);
  }
}

/** The socket ended or failed without SSH_MSG_DISCONNECT. */
export class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost';
}

/** This side disconnected on purpose, with this reason code and text. */
export class LocalDisconnect extends Error {
  override readonly name = 'LocalDisconnect';
  constructor(
    readonly reason: number,
    message: string,
  ) {
    super(message);
  }
}
