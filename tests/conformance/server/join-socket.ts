import { connect, type NetConnectOpts, type Socket } from 'node:net';
import { ChannelStream, openStream, OpenFailureReason, type ChannelKind, type IncomingChannel, type SshConnection } from '@sallyport/ssh';

const couple = (socket: Socket, stream: ChannelStream): void => {
  stream.on('error', () => socket.destroy());
  socket.on('error', () => stream.destroy());
  stream.stderr.resume();
  socket.pipe(stream).pipe(socket);
  socket.on('close', () => stream.destroy());
};

/** Opens a channel to the client for a socket that a listener accepted. */
export async function joinSocket(socket: Socket, connection: SshConnection, kind: ChannelKind): Promise<void> {
  try {
    couple(socket, await openStream(connection, kind));
  } catch {
    socket.destroy();
  }
}

/** Connects to the target of the client's channel and accepts the channel, or rejects it with the error. */
export function dialForChannel(incoming: IncomingChannel, where: NetConnectOpts): void {
  const socket = connect({ ...where, allowHalfOpen: true });
  const refuse = (error: Error): void => incoming.reject(OpenFailureReason.connectFailed, error.message);
  socket.once('error', refuse);
  socket.once('connect', () => {
    socket.off('error', refuse);
    const stream = new ChannelStream();
    stream.attach(incoming.accept(stream.handler));
    couple(socket, stream);
  });
}
