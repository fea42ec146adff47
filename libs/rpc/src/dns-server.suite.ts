import { createSocket } from 'node:dgram';
import { once } from 'node:events';

/** A DNS server of a test, with one name. */
export interface TestDns {
  readonly port: number;
  /** The IPv4 addresses that it answers with from now on. */
  addresses: readonly string[];
  close(): void;
}

const TYPE_A = 1;

/** Starts a DNS server that answers each question for IPv4 addresses with its list, and all others with none. */
export async function aDnsServer(addresses: readonly string[]): Promise<TestDns> {
  const socket = createSocket('udp4');
  const dns: TestDns = { port: 0, addresses, close: () => socket.close() };
  socket.on('message', (query, peer) => socket.send(answer(query, dns.addresses), peer.port, peer.address));
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return Object.assign(dns, { port: socket.address().port });
}

/** Returns the answer to a query with one question (RFC 1035 §4.1). */
function answer(query: Buffer, addresses: readonly string[]): Buffer {
  const end = query.indexOf(0, 12) + 5; // the name, its type and class
  const question = query.subarray(12, end);
  const found = question.readUInt16BE(question.length - 4) === TYPE_A ? addresses : [];
  const head = Buffer.alloc(12);
  query.copy(head, 0, 0, 2);
  head.writeUInt16BE(0x8580, 2); // an authoritative answer without an error
  head.writeUInt16BE(1, 4);
  head.writeUInt16BE(found.length, 6);
  const records = found.map((address) => Buffer.from([0xc0, 12, 0, TYPE_A, 0, 1, 0, 0, 0, 0, 0, 4, ...address.split('.').map(Number)]));
  return Buffer.concat([head, question, ...records]);
}
