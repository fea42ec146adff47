/**
 * Shares one bound among processes. Each share is the part that is used already and an equal part of the free rest. So all shares together
 * stay within the bound, and a process that spools much may use the rest that the others do not need.
 */
export function spoolShares(maxBytes: number, used: readonly number[]): number[] {
  const free = Math.max(0, maxBytes - used.reduce((sum, bytes) => sum + bytes, 0));
  return used.map((bytes) => bytes + Math.floor(free / used.length));
}
