/** Postgres' int8 arrives as text; sequence numbers are bigint in code. */
export const bigintColumn = {
  to: (value: bigint | null | undefined): string | null | undefined => (typeof value === 'bigint' ? value.toString() : value),
  from: (value: string | null): bigint | null => (value === null ? null : BigInt(value)),
};
