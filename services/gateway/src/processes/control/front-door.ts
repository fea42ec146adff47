import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { sourceOf } from '@sallyport/context';
import type { WaitingRoom } from './waiting-room.js';

/** A connection that has not signed in. Not a byte of it was read. */
export interface Visitor {
  readonly number: number;
  readonly socket: Socket;
  /** Gives its place in the waiting room back. */
  leave(): void;
}

/** Closes a connection that nobody will serve, and gives its place back. */
export function dismiss(visitor: Visitor): void {
  visitor.socket.destroy();
  visitor.leave();
}

/** The SSH port. */
export interface FrontDoor {
  readonly port: number;
  /** Lets nobody in any more. */
  shut(): void;
}

/** Listens, and hands on those that the waiting room has a place for; the others are closed at once. */
export async function openFrontDoor(
  { host, port }: { host: string; port: number },
  room: WaitingRoom,
  onVisitor: (visitor: Visitor) => void,
): Promise<FrontDoor> {
  let last = 0;
  const server = createServer({ pauseOnConnect: true, noDelay: true }, (socket) => {
    // Without an address it is gone already.
    const place = socket.remoteAddress === undefined ? undefined : room.admit(sourceOf(socket.remoteAddress));
    if (!place) return void socket.destroy();
    socket.on('error', () => undefined); // whoever serves it will see for itself
    onVisitor({ number: ++last, socket, leave: () => place.release() });
  });
  await listen(server, host, port);
  return { port: (server.address() as AddressInfo).port, shut: () => void server.close() };
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'EADDRINUSE' ? new Error(`Port ${port} on ${host} is taken: choose another SSH port`, { cause: error }) : error,
      ),
    );
    server.listen(port, host, resolve);
  });
}
