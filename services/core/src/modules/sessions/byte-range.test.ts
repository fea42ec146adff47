import { describe, expect, it } from 'vitest';
import { readByteRange } from './byte-range.js';

describe('readByteRange', () => {
  it.each([
    ['bytes=0-0', { kind: 'part', first: 0, last: 0 }],
    ['bytes=10-19', { kind: 'part', first: 10, last: 19 }],
    ['bytes=90-', { kind: 'part', first: 90, last: 99 }],
    ['bytes=90-1000', { kind: 'part', first: 90, last: 99 }],
    ['bytes=-10', { kind: 'part', first: 90, last: 99 }],
    ['bytes=-1000', { kind: 'part', first: 0, last: 99 }],
    ['bytes=100-', { kind: 'outside' }],
    ['bytes=-0', { kind: 'outside' }],
    [undefined, { kind: 'whole' }],
    ['bytes=-', { kind: 'whole' }],
    ['bytes=20-10', { kind: 'whole' }],
    ['bytes=0-1,5-6', { kind: 'whole' }],
    ['lines=0-1', { kind: 'whole' }],
    ['bytes=x-y', { kind: 'whole' }],
  ])('%s of 100 bytes', (header, range) => {
    expect(readByteRange(header, 100)).toEqual(range);
  });

  it('nothing of an empty file can be had', () => {
    expect([readByteRange('bytes=0-', 0), readByteRange('bytes=-5', 0)]).toEqual([{ kind: 'outside' }, { kind: 'outside' }]);
  });
});
