import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { sourceOf } from '@sallyport/context';
import type { LoadBalancers, ProxiedClient } from './proxy/load-balancers.js';
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

/** The load balancers in front of the SSH port. */
export interface BehindLoadBalancers {
  readonly balancers: LoadBalancers;
  /** Handles a connection of theirs that is closed for its header. */
  onRefused(address: string): void;
}

/** Listens, and reports each connection that the limiter admits. Closes the others at once. */
export async function openSshListener(
  { host, port }: { host: string; port: number },
  limiter: PreauthLimiter,
  onConnection: (connection: PendingConnection) => void,
  behind?: BehindLoadBalancers,
): Promise<SshListener> {
  let last = 0;
  const admit = (socket: Socket, address: string, client?: ProxiedClient): void => {
    const place = limiter.admit(sourceOf(address), () => connection.close());
    if (typeof place === 'string') return refuse(socket, REFUSALS[place]);
    const connection: PendingConnection = new PendingConnection(++last, socket, address, place, client);
    onConnection(connection);
  };
  // The header of a load balancer is read here, because limits count the client behind it. See LoadBalancers.read for the mark.
  const server = createServer({ pauseOnConnect: true, noDelay: true, ...(behind && { highWaterMark: 0 }) }, (socket) => {
    const address = socket.remoteAddress;
    if (address === undefined) return void socket.destroy(); // closed already
    socket.on('error', () => undefined); // the process that serves it sees the error too
    if (behind?.balancers.has(address) !== true) return admit(socket, address);
    behind.balancers.read(
      socket,
      (client) => admit(socket, client.address ?? address, client),
      () => {
        behind.onRefused(address);
        socket.destroy();
      },
    );
  });
  await listen(server, host, port);
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      server.close();
      behind?.balancers.close();
    },
  };
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
