import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { sourceOf } from '@sallyport/context';
import { PendingConnection } from './pending-connection.js';
import type { PreauthLimiter } from './preauth-limiter.js';

/** The line that a refused client receives, as sshd sends it. Clients show it. */
const REFUSALS = { 'max-startups': 'Exceeded MaxStartups', penalty: 'Not allowed at this time' } as const;

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
    const address = socket.remoteAddress;
    if (address === undefined) return void socket.destroy(); // closed already
    socket.on('error', () => undefined); // the process that serves it sees the error too
    const place = limiter.admit(sourceOf(address), () => connection.close());
    if (typeof place === 'string') return refuse(socket, REFUSALS[place]);
    const connection: PendingConnection = new PendingConnection(++last, socket, address, place);
    onConnection(connection);
  });
  await listen(server, host, port);
  return { port: (server.address() as AddressInfo).port, close: () => void server.close() };
}

/** Sends one line and closes the socket, whether the client reads it or not. */
function refuse(socket: Socket, line: string): void {
  socket.write(`${line}\r\n`);
  socket.destroySoon();
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
