/**
 * The fraction of π as 32-bit words: Blowfish's P-array and S-boxes are its first 1042 (B. Schneier, 1993). Computed when first
 * needed, with Machin's formula, instead of carried as a table.
 */
const GUARD_BITS = 64n;

/** arctan(1/x) scaled by `one`. */
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

/** The first `count` words of π's fraction. */
export const piWords = (count: number): Uint32Array => {
  const bits = BigInt(count) * 32n;
  const one = 1n << (bits + GUARD_BITS);
  const pi = 4n * (4n * arctanInverse(5n, one) - arctanInverse(239n, one));
  const fraction = (pi - 3n * one) >> GUARD_BITS;
  const hex = fraction.toString(16).padStart(count * 8, '0');
  return Uint32Array.from({ length: count }, (_, i) => Number.parseInt(hex.slice(i * 8, i * 8 + 8), 16));
};
