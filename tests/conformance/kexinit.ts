/** Reads the offer of a peer from its first packet (RFC 4253 §7.1), which is not encrypted. */
import type { Socket } from 'node:net';
import { SshReader } from '@sallyport/ssh';

export interface PeerOffer {
  readonly identification: string;
  readonly kex: readonly string[];
  readonly hostKeys: readonly string[];
  readonly ciphers: readonly string[];
  readonly macs: readonly string[];
}

/** Sends an identification, reads the peer's KEXINIT and closes the socket. Never calls `answer` if the peer sends no KEXINIT. */
export function receiveOffer(socket: Socket, answer: (offer: PeerOffer) => void): void {
  let received = Buffer.alloc(0);
  socket.on('error', () => undefined);
  socket.write('SSH-2.0-OpenSSH_9.2\r\n');
  socket.on('data', (bytes: Buffer) => {
    received = Buffer.concat([received, bytes]);
    const end = received.indexOf('\n');
    if (end < 0 || received.length < end + 5 || received.length < end + 5 + received.readUInt32BE(end + 1)) return;
    answer(parse(received.toString('latin1', 0, end).trim(), received.subarray(end + 6)));
    socket.destroy();
  });
}

/** Parses a KEXINIT. `payload` starts with the message number and 16 bytes of cookie. */
const parse = (identification: string, payload: Buffer): PeerOffer => {
  const reader = new SshReader(payload, 17);
  const names = (): string[] => reader.readString().toString('latin1').split(',');
  const [kex, hostKeys, ciphers] = [names(), names(), names()];
  names();
  return { identification, kex, hostKeys, ciphers, macs: names() };
};
