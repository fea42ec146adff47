/**
 * The fraction of π as 32-bit numbers: the first 1042 are Blowfish's P-array and S-boxes (B. Schneier, 1993).
 * Computed at first use with Machin's formula, in place of a table.
 */
const GUARD_BITS = 64n;

/** Returns arctan(1/x) multiplied by `one`. */
const arctanInverse = (x: bigint, one: bigint): bigint => {
  const square = x * x;
  let power = one / x;
  let sum = power;
  for (let k = 3n, sign = -1n; power > 0n; k += 2n, sign = -sign) {
    power /= square;
    sum += (sign * power) / k;
  }
  return sum;
};

/** Returns the first `count` 32-bit numbers of the fraction of π. */
export const piWords = (count: number): Uint32Array => {
  const bits = BigInt(count) * 32n;
  const one = 1n << (bits + GUARD_BITS);
  const pi = 4n * (4n * arctanInverse(5n, one) - arctanInverse(239n, one));
  const fraction = (pi - 3n * one) >> GUARD_BITS;
  const hex = fraction.toString(16).padStart(count * 8, '0');
  return Uint32Array.from({ length: count }, (_, i) => Number.parseInt(hex.slice(i * 8, i * 8 + 8), 16));
};
