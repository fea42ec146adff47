import { createServer } from 'node:net';
import { listenBelow } from '../free-port.ts';
import { receiveOffer, type PeerOffer } from '../kexinit.ts';
import type { Client, Destination } from './client.ts';

/**
 * Lets the client connect to a server that sends only its identification, and returns its offer. Rejects if the client sends no KEXINIT.
 */
export async function readClientOffer(client: Client): Promise<PeerOffer> {
  let answer: (offer: PeerOffer) => void = () => undefined;
  const seen = new Promise<PeerOffer>((resolve) => (answer = resolve));
  const server = createServer((socket) => receiveOffer(socket, answer));
  const to: Destination = {
    port: await listenBelow(server),
    user: 'nobody',
    hostKey: `SHA256:${'A'.repeat(43)}`,
    login: { kind: 'password', password: 'x' },
  };
  const run = (client.exec?.(to, 'true') ?? client.sftp?.(to, '/etc/hostname', '/tmp/none', '/tmp/none')) as Promise<{ stderr: string }>;
  const gone = run.then(({ stderr }) => Promise.reject(new Error(`${client.name} sent no KEXINIT: ${stderr}`)));
  gone.catch(() => undefined);
  try {
    return await Promise.race([seen, gone]);
  } finally {
    server.close();
  }
}
