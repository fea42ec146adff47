/** For fuzzing: what is done to a recorded message. */
import type { Dice } from './dice.suite.js';

const EDGES = [0, 1, 2, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x8000_0000, 0x7fff_ffff, 0xffff_fffe, 0xffff_ffff];

type Mutation = (bytes: Buffer, dice: Dice, others: readonly Buffer[]) => Buffer;

const MUTATIONS: readonly Mutation[] = [
  (bytes, dice) => {
    for (let flips = 1 + dice.below(4); flips > 0 && bytes.length > 0; flips -= 1) {
      const at = dice.below(bytes.length);
      bytes[at] = bytes[at]! ^ (1 << dice.below(8));
    }
    return bytes;
  },
  (bytes, dice) => {
    if (bytes.length >= 5) bytes.writeUInt32BE(dice.pick(EDGES), 1 + dice.below(bytes.length - 4));
    return bytes;
  },
  (bytes, dice) => {
    if (bytes.length < 5) return bytes;
    const at = 1 + dice.below(bytes.length - 4);
    bytes.writeUInt32BE((bytes.readUInt32BE(at) + dice.pick([-1, 1, 4, 256])) >>> 0, at);
    return bytes;
  },
  (bytes, dice) => bytes.subarray(0, dice.below(bytes.length + 1)),
  (bytes, dice) => Buffer.concat([bytes, Buffer.alloc(1 + dice.below(64), dice.below(256))]),
  (bytes, dice) => {
    if (bytes.length > 0) bytes[0] = dice.below(256);
    return bytes;
  },
  (bytes, dice, others) => {
    const other = dice.pick(others);
    return Buffer.concat([bytes.subarray(0, dice.below(bytes.length + 1)), other.subarray(dice.below(other.length + 1))]);
  },
  (bytes, dice) => {
    const at = dice.below(bytes.length + 1);
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(Math.max(0, at - dice.below(16)))]);
  },
];

/** A copy that was changed in one to three ways. */
export const mutate: Mutation = (bytes, dice, others) => {
  let changed: Buffer = Buffer.from(bytes);
  for (let times = 1 + dice.below(3); times > 0; times -= 1) changed = dice.pick(MUTATIONS)(changed, dice, others);
  return changed;
};
