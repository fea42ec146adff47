import { expect, it } from 'vitest';
import { SpoolSpace } from './spool-space.js';

it('output may fill nine tenths of the bound, and what is not output the rest', () => {
  const space = new SpoolSpace(1_000);
  space.take(900);
  expect([space.hasRoom(1, false), space.hasRoom(100, true), space.hasRoom(101, true)]).toEqual([false, true, false]);
});

it('a bound that falls takes nothing away and lets nothing more in, and one that rises does', () => {
  const space = new SpoolSpace(1_000);
  space.take(500);
  space.maxBytes = 400;
  expect([space.usedBytes, space.hasRoom(1, true)]).toEqual([500, false]);
  space.maxBytes = 2_000;
  expect(space.hasRoom(1_000, false)).toBe(true);
});
