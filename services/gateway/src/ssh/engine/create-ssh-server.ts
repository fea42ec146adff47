import { createServer, type AddressInfo, type Socket } from 'node:net';
import type { Clock } from '@sallyport/context';
import type { SshServer, SshServerOptions } from '../ssh-server.js';
import { offer, SOFTWARE } from './algorithms.js';
import { parseHostKeys } from './private-key.js';
import { ServerConnection } from './server-connection.js';

/** A socket's address may be gone already when it is handed over. */
const addressOf = (socket: Socket): string => socket.remoteAddress ?? '';

/** An SSH server; throws KeyUnusable when a host key can't be read. */
export function createSshServer<Identity>(options: SshServerOptions<Identity>, clock: Clock): SshServer {
  const hostKeys = parseHostKeys(options.hostKeys);
  const connections = new Set<ServerConnection<Identity>>();
  const server = createServer({ noDelay: true }, (socket) => {
    const slot = options.admit(addressOf(socket));
    if (!slot) return void socket.destroy();
    const role = { server: true, config: { hostKeys, ident: SOFTWARE, offer: offer(Object.keys(hostKeys)) } };
    const connection = new ServerConnection(socket, role, options, slot, clock);
    connections.add(connection);
    socket.once('close', () => connections.delete(connection));
  });
  const stopAccepting = (): void => {
    if (server.listening) server.close();
  };
  return {
    listen: (host, port) => listen(server, host, port),
    stopAccepting,
    close: async (words) => {
      stopAccepting();
      const gone = Promise.all([...connections].map((connection) => connection.whenClosed));
      for (const connection of connections) connection.disconnect(words);
      await gone;
    },
  };
}

function listen(server: ReturnType<typeof createServer>, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(error.code === 'EADDRINUSE' ? new Error(`Port ${port} on ${host} is taken: choose another SSH port`, { cause: error }) : error),
    );
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port));
  });
}
