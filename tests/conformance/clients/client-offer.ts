/** What a client offers, read from its first packet (RFC 4253 §7.1), which it sends in clear. */
import { createServer, type Socket } from 'node:net';
import { SshReader } from '@sallyport/ssh';
import { listenBelow } from '../free-port.ts';
import type { Client, Destination } from './client.ts';

export interface ClientOffer {
  readonly identification: string;
  readonly kex: readonly string[];
  readonly hostKeys: readonly string[];
  readonly ciphers: readonly string[];
  readonly macs: readonly string[];
}

/** Lets the client connect to a server that says who it is and no more. Rejects when the client sends no KEXINIT. */
export async function readClientOffer(client: Client): Promise<ClientOffer> {
  let answer: (offer: ClientOffer) => void = () => undefined;
  const seen = new Promise<ClientOffer>((resolve) => (answer = resolve));
  const server = createServer((socket) => hear(socket, answer));
  const to: Destination = { port: await listenBelow(server), user: 'nobody', hostKey: `SHA256:${'A'.repeat(43)}`, login: { kind: 'password', password: 'x' } };
  const run = (client.exec?.(to, 'true') ?? client.sftp?.(to, '/etc/hostname', '/tmp/none', '/tmp/none')) as Promise<{ stderr: string }>;
  const gone = run.then(({ stderr }) => Promise.reject(new Error(`${client.name} sent no KEXINIT: ${stderr}`)));
  gone.catch(() => undefined);
  try {
    return await Promise.race([seen, gone]);
  } finally {
    server.close();
  }
}

const hear = (socket: Socket, answer: (offer: ClientOffer) => void): void => {
  let heard = Buffer.alloc(0);
  socket.on('error', () => undefined);
  socket.write('SSH-2.0-OpenSSH_9.2\r\n');
  socket.on('data', (bytes: Buffer) => {
    heard = Buffer.concat([heard, bytes]);
    const end = heard.indexOf('\n');
    if (end < 0 || heard.length < end + 5 || heard.length < end + 5 + heard.readUInt32BE(end + 1)) return;
    answer(parse(heard.toString('latin1', 0, end).trim(), heard.subarray(end + 6)));
    socket.destroy();
  });
};

/** `payload` starts with the message number and 16 bytes of cookie. */
const parse = (identification: string, payload: Buffer): ClientOffer => {
  const reader = new SshReader(payload, 17);
  const names = (): string[] => reader.readString().toString('latin1').split(',');
  const [kex, hostKeys, ciphers] = [names(), names(), names()];
  names();
  return { identification, kex, hostKeys, ciphers, macs: names() };
};
