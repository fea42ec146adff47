import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { sourceOf } from '@sallyport/context';
import type { PreauthLimiter } from './preauth-limiter.js';

/** A connection whose client has not signed in. Nothing was read from it. */
export interface PendingConnection {
  readonly number: number;
  readonly socket: Socket;
  /** Releases its place in the limiter. */
  release(): void;
}

/** Closes a connection that no data process serves, and releases its place. */
export function drop(connection: PendingConnection): void {
  connection.socket.destroy();
  connection.release();
}

/** The SSH port. */
export interface SshListener {
  readonly port: number;
  /** Stops accepting connections. */
  close(): void;
}

/** Listens, and reports each connection that the limiter admits. Closes the others at once. */
export async function openSshListener(
  { host, port }: { host: string; port: number },
  limiter: PreauthLimiter,
  onConnection: (connection: PendingConnection) => void,
): Promise<SshListener> {
  let last = 0;
  const server = createServer({ pauseOnConnect: true, noDelay: true }, (socket) => {
    // A socket without an address is closed already.
    const place = socket.remoteAddress === undefined ? undefined : limiter.admit(sourceOf(socket.remoteAddress));
    if (!place) return void socket.destroy();
    socket.on('error', () => undefined); // the process that serves it sees the error too
    onConnection({ number: ++last, socket, release: () => place.release() });
  });
  await listen(server, host, port);
  return { port: (server.address() as AddressInfo).port, close: () => void server.close() };
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
