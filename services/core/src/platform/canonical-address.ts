import { isIPv6, SocketAddress } from 'node:net';

/**
 * Returns the one spelling of an IPv6 address (RFC 5952), with its zone, and without the brackets that it may be written in; an IPv4 address
 * mapped into IPv6 is the IPv4 address. Any other text is returned as it is.
 */
export function canonicalAddress(text: string): string {
  const bare = /^\[(.*)\]$/.exec(text)?.[1] ?? text;
  const [address = '', ...zone] = bare.split('%');
  if (!isIPv6(address)) return text;
  const { address: spelt } = new SocketAddress({ address, family: 'ipv6' });
  const plain = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(spelt)?.[1] ?? spelt;
  return [plain, ...zone].join('%');
}
