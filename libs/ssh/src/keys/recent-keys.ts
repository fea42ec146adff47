import type { PublicKey } from './public-key.js';

/** Keys by their blob, the one used last at the end. Importing a key costs a quarter of a millisecond, and users come back. */
export class RecentKeys {
  private readonly keys = new Map<string, PublicKey>();

  constructor(private readonly limit: number) {}

  /** Returns the number of keys. */
  get size(): number {
    return this.keys.size;
  }

  /** Returns the key of a blob; parses it unless it was used lately. A blob that does not parse is not remembered. */
  parse(blob: Buffer, parse: (blob: Buffer) => PublicKey): PublicKey {
    const name = blob.toString('latin1');
    const key = this.keys.get(name) ?? parse(blob);
    this.keys.delete(name);
    this.keys.set(name, key);
    const [oldest] = this.keys.keys();
    if (this.keys.size > this.limit && oldest !== undefined) this.keys.delete(oldest);
    return key;
  }
}
