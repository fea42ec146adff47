/** Matching of a peer's address: CIDR lists of certificates, and the patterns of `from=` (sshd(8), PATTERNS of ssh_config(5)). */
import { BlockList, isIP } from 'node:net';

/** An IPv4 address inside IPv6 (`::ffff:192.0.2.1`) as plain IPv4: a dual-stack socket shows IPv4 peers this way. */
const unmapped = (address: string): string => address.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, '');

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIP(address) === 6 ? 'ipv6' : 'ipv4');

/** Undefined when the text is neither an address nor a CIDR block, or when bits outside its prefix are set as OpenSSH refuses too. */
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
 * Whether `address` lies in a comma-separated list of addresses and CIDR blocks (certificate option `source-address`). A malformed list
 * or address matches nothing.
 */
export const isInCidrList = (list: string, address: string): boolean => {
  const peer = unmapped(address);
  const blocks = list.split(',').map((entry) => parseBlock(entry));
  if (isIP(peer) === 0 || blocks.includes(undefined)) return false;
  return blocks.some((block) => block!.check(peer, familyOf(peer)));
};

/** Whether `text` matches a pattern of `*` (any run) and `?` (one character); case does not matter. Linear in time. */
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
 * Whether a peer is allowed by a `from=` list: comma-separated patterns or CIDR blocks; one that starts with `!` and matches refuses,
 * whatever else matches. Host names are not looked up: only addresses count.
 */
export const isInAddressPatterns = (list: string, address: string): boolean => {
  const peer = unmapped(address);
  const entries = list.split(',').map((entry) => entry.trim());
  const matches = (entry: string): boolean => matchesWildcard(entry, peer) || isInCidrList(entry, peer);
  if (entries.some((entry) => entry.startsWith('!') && matches(entry.slice(1)))) return false;
  return entries.some((entry) => !entry.startsWith('!') && matches(entry));
};
