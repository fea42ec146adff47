/** Matches the address of a peer against CIDR lists of certificates and `from=` patterns (sshd(8); PATTERNS of ssh_config(5)). */
import { BlockList, isIP } from 'node:net';

/** Returns an IPv4-mapped IPv6 address (`::ffff:192.0.2.1`) as plain IPv4: a dual-stack socket reports IPv4 peers in that form. */
const unmapped = (address: string): string => address.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, '');

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIP(address) === 6 ? 'ipv6' : 'ipv4');

/** Parses an address or a CIDR block. Returns undefined for any other text. */
const parseBlock = (text: string): BlockList | undefined => {
  const [address = '', prefix, ...more] = text.split('/');
  if (isIP(address) === 0 || more.length > 0) return undefined;
  const widest = isIP(address) === 6 ? 128 : 32;
  if (prefix !== undefined && (!/^\d{1,3}$/.test(prefix) || Number(prefix) > widest)) return undefined;
  const block = new BlockList();
  block.addSubnet(address, prefix === undefined ? widest : Number(prefix), familyOf(address));
  return block;
};

/**
 * Returns true if `address` is in a comma-separated list of addresses and CIDR blocks (certificate option `source-address`).
 * A malformed list or address matches nothing.
 */
export const isInCidrList = (list: string, address: string): boolean => {
  const peer = unmapped(address);
  const blocks = list.split(',').map((entry) => parseBlock(entry));
  if (isIP(peer) === 0 || blocks.includes(undefined)) return false;
  return blocks.some((block) => block!.check(peer, familyOf(peer)));
};

/** Returns true if `text` matches a pattern of `*` (any characters) and `?` (one character). Ignores case. Never takes exponential time. */
export const matchesWildcard = (pattern: string, text: string): boolean => {
  const [p, t] = [pattern.toLowerCase(), text.toLowerCase()];
  let [at, star, retry] = [0, -1, 0];
  let i = 0;
  while (i < t.length) {
    if (p[at] === '*') [star, retry, at] = [at, i, at + 1];
    else if (at < p.length && (p[at] === '?' || p[at] === t[i])) [at, i] = [at + 1, i + 1];
    else if (star < 0) return false;
    else [at, retry, i] = [star + 1, retry + 1, retry + 1];
  }
  return /^\**$/.test(p.slice(at));
};

/**
 * Returns true if a `from=` list allows a peer: comma-separated patterns or CIDR blocks. A matching entry that starts with `!` always
 * refuses.
 * Host names are not resolved: only addresses match.
 */
export const isInAddressPatterns = (list: string, address: string): boolean => {
  const peer = unmapped(address);
  const entries = list.split(',').map((entry) => entry.trim());
  const matches = (entry: string): boolean => matchesWildcard(entry, peer) || isInCidrList(entry, peer);
  if (entries.some((entry) => entry.startsWith('!') && matches(entry.slice(1)))) return false;
  return entries.some((entry) => !entry.startsWith('!') && matches(entry));
};
