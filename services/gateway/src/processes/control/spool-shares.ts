/**
 * Shares one bound among processes: each may keep what it has, and has an equal part of what is free. So all together stay below the bound, and one that has
 * much to spool is not held to what others do not need.
 */
export function spoolShares(maxBytes: number, used: readonly number[]): number[] {
  const free = Math.max(0, maxBytes - used.reduce((sum, bytes) => sum + bytes, 0));
  return used.map((bytes) => bytes + Math.floor(free / used.length));
}
