/** For fuzzing: random changes to a recorded message. */
import type { Random } from './random.suite.js';

const EDGES = [0, 1, 2, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x8000_0000, 0x7fff_ffff, 0xffff_fffe, 0xffff_ffff];

type Mutation = (bytes: Buffer, random: Random, others: readonly Buffer[]) => Buffer;

const MUTATIONS: readonly Mutation[] = [
  (bytes, random) => {
    for (let flips = 1 + random.below(4); flips > 0 && bytes.length > 0; flips -= 1) {
      const at = random.below(bytes.length);
      bytes[at] = bytes[at]! ^ (1 << random.below(8));
    }
    return bytes;
  },
  (bytes, random) => {
    if (bytes.length >= 5) bytes.writeUInt32BE(random.pick(EDGES), 1 + random.below(bytes.length - 4));
    return bytes;
  },
  (bytes, random) => {
    if (bytes.length < 5) return bytes;
    const at = 1 + random.below(bytes.length - 4);
    bytes.writeUInt32BE((bytes.readUInt32BE(at) + random.pick([-1, 1, 4, 256])) >>> 0, at);
    return bytes;
  },
  (bytes, random) => bytes.subarray(0, random.below(bytes.length + 1)),
  (bytes, random) => Buffer.concat([bytes, Buffer.alloc(1 + random.below(64), random.below(256))]),
  (bytes, random) => {
    if (bytes.length > 0) bytes[0] = random.below(256);
    return bytes;
  },
  (bytes, random, others) => {
    const other = random.pick(others);
    return Buffer.concat([bytes.subarray(0, random.below(bytes.length + 1)), other.subarray(random.below(other.length + 1))]);
  },
  (bytes, random) => {
    const at = random.below(bytes.length + 1);
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(Math.max(0, at - random.below(16)))]);
  },
];

/** Returns a copy with one to three changes. */
export const mutate: Mutation = (bytes, random, others) => {
  let changed: Buffer = Buffer.from(bytes);
  for (let times = 1 + random.below(3); times > 0; times -= 1) changed = random.pick(MUTATIONS)(changed, random, others);
  return changed;
};
