/** Returns undefined for a payload that can't be read: its writer signed it so, and the proof covers the bytes only. */
export function readable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
