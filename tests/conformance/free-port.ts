import { createServer, type AddressInfo, type Server } from 'node:net';

const listenOn = (server: Server, port: number): Promise<boolean> =>
  new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => resolve(true));
  });

/** Listens on a free loopback port below the range of outgoing connections. Returns the port. */
export async function listenBelow(server: Server): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    if (await listenOn(server, 16_000 + Math.floor(Math.random() * 16_000))) return (server.address() as AddressInfo).port;
  }
  throw new Error('No free port below 32768');
}

/** Returns a port that was free a moment ago, for programs that need a number. */
export async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listenBelow(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}
