import { BlockList, isIPv6 } from 'node:net';

/** A range of addresses. */
export interface AddressRange {
  readonly address: string;
  readonly prefix: number;
  readonly family: 'ipv4' | 'ipv6';
}

/** Returns a function that returns true for an address in one of the ranges. */
export function inRanges(ranges: readonly AddressRange[]): (address: string) => boolean {
  const list = new BlockList();
  for (const { address, prefix, family } of ranges) list.addSubnet(address, prefix, family);
  return (address) => list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}
