import { describe, expect, it } from 'vitest';
import { type Piece, planExtents } from './plan-extents.js';

const piece = (first: number, last: number, kind: Piece['kind'] = 'seg'): Piece => ({
  kind,
  firstSeq: BigInt(first),
  lastSeq: BigInt(last),
  digest: '0'.repeat(16),
  name: `${kind}-${first}-${last}`,
  bytes: 1,
  modifiedAt: 0,
});
const planned = (pieces: Piece[], next?: bigint): [string[], number] => {
  const plan = planExtents(pieces, next);
  return [plan.pieces.map(({ name }) => name), Number(plan.lastSeq)];
};

describe('the plan of stored extents', () => {
  it.each([
    ['nothing', [], [[], 0]],
    ['a run, in any order', [piece(4, 6), piece(1, 3)], [['seg-1-3', 'seg-4-6'], 6]],
    ['the same twice', [piece(1, 3), piece(1, 3)], [['seg-1-3'], 3]],
    ['the longest of a takeover', [piece(1, 2), piece(1, 9), piece(3, 5), piece(10, 11)], [['seg-1-9', 'seg-10-11'], 11]],
    ['overlapping runs of two writers', [piece(1, 4), piece(3, 8), piece(5, 6), piece(7, 12)], [['seg-1-4', 'seg-3-8', 'seg-7-12'], 12]],
    ['a hole: what is behind it does not count', [piece(1, 3), piece(5, 9)], [['seg-1-3'], 3]],
    ['a missing beginning', [piece(2, 9)], [[], 0]],
  ])('reads %s', (_, pieces, expected) => {
    expect(planned(pieces as Piece[])).toEqual(expected);
  });

  it('starts behind the frames of a manifest', () => {
    expect(planned([piece(1, 10, 'part'), piece(8, 14), piece(15, 15)], 11n)).toEqual([['seg-8-14', 'seg-15-15'], 15]);
  });
});
