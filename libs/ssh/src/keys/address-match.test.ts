import { describe, expect, it } from 'vitest';
import { isInAddressPatterns, isInCidrList } from './index.js';
import { matchesWildcard } from './address-match.js';

describe('CIDR lists', () => {
  it.each([
    ['192.0.2.7', '192.0.2.7', true],
    ['192.0.2.7', '192.0.2.8', false],
    ['0.0.0.0/0', '203.0.113.9', true],
    ['0.0.0.0/0', '2001:db8::1', false],
    ['::/0', '2001:db8::1', true],
    ['10.0.0.0/8,192.168.0.0/16', '192.168.255.255', true],
    ['10.0.0.0/8', '::ffff:10.9.8.7', true],
    ['2001:db8::/33', '2001:db8:8000::1', false],
  ])('%s, %s: %s', (list, address, expected) => expect(isInCidrList(list, address)).toBe(expected));

  it.each(['', '10.0.0.0/33', '10.0.0.0/-1', '10.0.0.0/8/8', '10.0.0/8', 'example.org', '10.0.0.0/8, 11.0.0.0/8', '10.0.0.0/8,'])(
    'that are malformed (%j) match nothing',
    (list) => expect(isInCidrList(list, '10.1.2.3')).toBe(false),
  );
});

describe('from= patterns', () => {
  it.each([
    ['192.0.2.*', '192.0.2.200', true],
    ['192.0.2.?', '192.0.2.200', false],
    ['192.0.2.0/24,!192.0.2.7', '192.0.2.8', true],
    ['192.0.2.0/24,!192.0.2.7', '192.0.2.7', false],
    ['!192.0.2.7', '192.0.2.8', false],
    ['*', '2001:db8::1', true],
    ['host.example', '192.0.2.8', false],
  ])('%s, %s: %s', (list, address, expected) => expect(isInAddressPatterns(list, address)).toBe(expected));
});

describe('wildcards', () => {
  it.each([
    ['a*b*c', 'aXXbYYc', true],
    ['a*b*c', 'aXXbYYcd', false],
    ['*', '', true],
    ['?', '', false],
    ['**a', 'a', true],
    ['', 'a', false],
  ])('%j, %j: %s', (pattern, text, expected) => expect(matchesWildcard(pattern, text)).toBe(expected));

  it('of a hostile pattern cost at most length times length', () => {
    const started = performance.now();
    expect(matchesWildcard('*a'.repeat(500), 'a'.repeat(499))).toBe(false);
    expect(matchesWildcard(`${'a*'.repeat(500)}b`, 'a'.repeat(1000))).toBe(false);
    expect(performance.now() - started).toBeLessThan(500);
  });
});
