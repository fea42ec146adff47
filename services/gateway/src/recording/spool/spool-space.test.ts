import { expect, it } from 'vitest';
import { SpoolSpace } from './spool-space.js';

it('output may fill nine tenths of the limit, and other frames the rest', () => {
  const space = new SpoolSpace(1_000);
  space.reserve(900);
  expect([space.hasRoom(1, false), space.hasRoom(100, true), space.hasRoom(101, true)]).toEqual([false, true, false]);
});

it('a lower limit removes nothing and admits nothing more; a higher one admits more', () => {
  const space = new SpoolSpace(1_000);
  space.reserve(500);
  space.maxBytes = 400;
  expect([space.usedBytes, space.hasRoom(1, true)]).toEqual([500, false]);
  space.maxBytes = 2_000;
  expect(space.hasRoom(1_000, false)).toBe(true);
});
