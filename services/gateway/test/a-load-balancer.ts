import { createServer, connect, type AddressInfo, type Server, type Socket } from 'node:net';

/** Address that the load balancers of tests connect from; other clients of this machine come from 127.0.0.1. */
export const BALANCER = '127.0.0.2';

/** Connects to a gateway from an address of this machine. */
export const connectFrom = (localAddress: string, port: number): Socket => connect({ port, host: '127.0.0.1', localAddress });

/** Returns a header of version 1 for a client. */
export const headerOf = (client: string): Buffer => Buffer.from(`PROXY TCP4 ${client} 127.0.0.1 50000 22\r\n`);

/** Returns a header of version 2, with an extension, for a client; for a health check without one. */
export function binaryHeaderOf(client?: string): Buffer {
  const addresses = client === undefined ? [] : [...client.split('.').map(Number), 127, 0, 0, 1, 0xc3, 0x50, 0, 22, 4, 0, 1, 0];
  const command = client === undefined ? [0x20, 0x00] : [0x21, 0x11];
  return Buffer.concat([
    Buffer.from('0d0a0d0a000d0a515549540a', 'hex'),
    Buffer.from([...command, 0, addresses.length]),
    Buffer.from(addresses),
  ]);
}

/** Starts a load balancer that puts `header` in front of each connection. Returns its port. */
export async function aLoadBalancer(gatewayPort: number, header: Buffer): Promise<{ port: number; close(): void }> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((client) => {
    const gateway = connectFrom(BALANCER, gatewayPort);
    for (const socket of [client, gateway]) {
      sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => [client, gateway].forEach((each) => each.destroy()));
    }
    gateway.write(header);
    client.pipe(gateway).pipe(client);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
