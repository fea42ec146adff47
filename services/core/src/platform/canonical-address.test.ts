import { expect, it } from 'vitest';
import { canonicalAddress } from './canonical-address.js';

it.each([
  ['::1', '::1'],
  ['[::1]', '::1'],
  ['0::1', '::1'],
  ['0:0:0:0:0:0:0:1', '::1'],
  ['2001:DB8::00A0:1', '2001:db8::a0:1'],
  ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
  ['fe80:0::1%eth0', 'fe80::1%eth0'],
  ['[fe80::1%eth0]', 'fe80::1%eth0'],
  ['::ffff:10.0.0.1', '10.0.0.1'],
  ['::ffff:a00:1', '10.0.0.1'],
  ['10.0.0.1', '10.0.0.1'],
  ['Web-1.example.org', 'Web-1.example.org'],
  ['[web]', '[web]'],
  ['1:2:3', '1:2:3'],
  ['', ''],
])('%s is spelt %s', (text, expected) => {
  expect(canonicalAddress(text)).toBe(expected);
});
