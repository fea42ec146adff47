/** What a peer offers, read from its first packet (RFC 4253 §7.1), which it sends in clear. */
import type { Socket } from 'node:net';
import { SshReader } from '@sallyport/ssh';

export interface PeerOffer {
  readonly identification: string;
  readonly kex: readonly string[];
  readonly hostKeys: readonly string[];
  readonly ciphers: readonly string[];
  readonly macs: readonly string[];
}

/** Greets the peer, hears its KEXINIT and hangs up. Never answers when the peer does not come so far. */
export function hearOffer(socket: Socket, answer: (offer: PeerOffer) => void): void {
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
}

/** `payload` starts with the message number and 16 bytes of cookie. */
const parse = (identification: string, payload: Buffer): PeerOffer => {
  const reader = new SshReader(payload, 17);
  const names = (): string[] => reader.readString().toString('latin1').split(',');
  const [kex, hostKeys, ciphers] = [names(), names(), names()];
  names();
  return { identification, kex, hostKeys, ciphers, macs: names() };
};
