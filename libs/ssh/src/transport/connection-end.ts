/** How a connection ends other than by a fault of ours: each is the reason an application is given. */

/** The peer sent SSH_MSG_DISCONNECT. `reason` may be any number and `message` any text it chose. */
export class PeerDisconnected extends Error {
  override readonly name = 'PeerDisconnected';
  constructor(
    readonly reason: number,
    message: string,
  ) {
    super(message);
  }
}

/** The socket ended or failed without a word. */
export class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost';
}

/** This side ended it on purpose, with this reason code and text. */
export class LocalDisconnect extends Error {
  override readonly name = 'LocalDisconnect';
  constructor(
    readonly reason: number,
    message: string,
  ) {
    super(message);
  }
}
