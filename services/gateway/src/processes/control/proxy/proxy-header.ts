import { isIPv4, isIPv6, SocketAddress } from 'node:net';

/**
 * A PROXY header at the beginning of some bytes (haproxy's proxy-protocol.txt). `more`: it may be one, and is not complete yet. Without `client`
 * the header names none: a health check of the load balancer itself (LOCAL), or a client whose address it does not know (UNKNOWN, UNSPEC).
 */
export type ProxyHeader = { state: 'more' } | { state: 'invalid' } | { state: 'complete'; length: number; client: string | undefined };

const SIGNATURE = Buffer.from('0d0a0d0a000d0a515549540a', 'hex');
const V1 = Buffer.from('PROXY ');
/** The longest line of version 1, with its end. */
const V1_BYTES = 107;
const V2_FIXED_BYTES = 16;
/** The most that a header of version 2 may have behind its fixed part: addresses, and extensions (TLVs) that we skip. */
const V2_MAX_BYTES = 4_080;

const MORE: ProxyHeader = { state: 'more' };
const INVALID: ProxyHeader = { state: 'invalid' };

/** Reads the header that the bytes must begin with. Every byte is checked as soon as it is there. */
export function parseProxyHeader(bytes: Buffer): ProxyHeader {
  if (begins(bytes, V1)) return parseLine(bytes);
  return begins(bytes, SIGNATURE) ? parseBinary(bytes) : INVALID;
}

/** Returns true if the bytes are the beginning of a longer text that begins so, or begin so themselves. */
const begins = (bytes: Buffer, prefix: Buffer): boolean => {
  const length = Math.min(bytes.length, prefix.length);
  return bytes.subarray(0, length).equals(prefix.subarray(0, length));
};

function parseLine(bytes: Buffer): ProxyHeader {
  const end = bytes.subarray(0, V1_BYTES).indexOf('\r\n');
  if (end < 0) return bytes.length >= V1_BYTES ? INVALID : MORE;
  const [family, source = '', destination = '', ...ports] = bytes.toString('latin1', V1.length, end).split(' ');
  const header = (client: string | undefined): ProxyHeader => ({ state: 'complete', length: end + 2, client });
  if (family === 'UNKNOWN') return header(undefined);
  const isAddress = family === 'TCP4' ? isIPv4 : family === 'TCP6' ? isPlainIPv6 : () => false;
  const isRight = isAddress(source) && isAddress(destination) && ports.length === 2 && ports.every(isPort);
  return isRight ? header(plain(source)) : INVALID;
}

const isPort = (text: string): boolean => /^(0|[1-9]\d{0,4})$/.test(text) && Number(text) <= 65_535;
const isPlainIPv6 = (text: string): boolean => isIPv6(text) && !text.includes('%');

/** Address families with TCP, and the bytes of their addresses and ports. */
const TCP4 = { family: 0x11, bytes: 12 };
const TCP6 = { family: 0x21, bytes: 36 };
const UNSPECIFIED = 0x00;
const LOCAL = 0x20;
const PROXY = 0x21;

function parseBinary(bytes: Buffer): ProxyHeader {
  const command = bytes[12];
  const family = bytes[13];
  if (command !== undefined && command !== LOCAL && command !== PROXY) return INVALID;
  if (command === PROXY && family !== undefined && ![TCP4.family, TCP6.family, UNSPECIFIED].includes(family)) return INVALID;
  if (bytes.length < V2_FIXED_BYTES) return MORE;
  const size = bytes.readUInt16BE(14);
  if (size > V2_MAX_BYTES || (command === PROXY && size < leastOf(family))) return INVALID;
  const length = V2_FIXED_BYTES + size;
  if (bytes.length < length) return MORE;
  return { state: 'complete', length, client: command === PROXY ? clientOf(bytes.subarray(V2_FIXED_BYTES), family) : undefined };
}

const leastOf = (family: number | undefined): number => (family === TCP4.family ? TCP4.bytes : family === TCP6.family ? TCP6.bytes : 0);

function clientOf(addresses: Buffer, family: number | undefined): string | undefined {
  if (family === TCP4.family) return [...addresses.subarray(0, 4)].join('.');
  if (family !== TCP6.family) return undefined;
  return plain(addresses.toString('hex', 0, 16).match(/.{4}/g)!.join(':'));
}

/** Returns an address in its canonical form; an IPv4 address that is written as IPv6 as itself. */
function plain(address: string): string {
  if (isIPv4(address)) return address;
  return new SocketAddress({ address, family: 'ipv6' }).address.replace(/^::ffff:(?=\d+\.)/, '');
}
