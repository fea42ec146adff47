/** Listeners that a client requests (RFC 4254 §7.1). */
import { createServer, type Server, type Socket } from 'node:net';
import { encodeBoundPort, type GlobalReply, type GlobalRequest, type SshAddress, type SshConnection } from '@sallyport/ssh';
import { listenBelow } from '../free-port.ts';
import { joinSocket } from './join-socket.ts';

/** See the head of this file. */
export class Forwards {
  private readonly listeners = new Map<number, Server>();

  constructor(private readonly connection: SshConnection) {}

  async answer({ details }: GlobalRequest): Promise<GlobalReply> {
    if (details.kind === 'tcpip-forward') return this.listen(details.address);
    return details.kind === 'cancel-tcpip-forward' && this.cancel(details.address.port);
  }

  close(): void {
    for (const listener of this.listeners.values()) listener.close();
  }

  private async listen({ host, port }: SshAddress): Promise<GlobalReply> {
    const server = createServer(
      { allowHalfOpen: true },
      (socket) => void joinSocket(socket, this.connection, this.kindOf(socket, host, bound)),
    );
    const bound =
      port === 0
        ? await listenBelow(server)
        : await new Promise<number>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', () => resolve(port)));
    this.listeners.set(bound, server);
    return port === 0 ? encodeBoundPort(bound) : true;
  }

  private kindOf({ remoteAddress = '', remotePort = 0 }: Socket, host: string, port: number) {
    return { kind: 'forwarded-tcpip' as const, target: { host, port }, origin: { host: remoteAddress, port: remotePort } };
  }

  private cancel(port: number): boolean {
    this.listeners.get(port)?.close();
    return this.listeners.delete(port);
  }
}
