/** Payloads that wait for the end of a key exchange. They lie end to end in one buffer, so small ones cost little more than their bytes. */
const FIRST_BYTES = 4096;
const LENGTH_BYTES = 4;

/** A first-in, first-out queue. */
export class DeferredPayloads {
  private place = Buffer.alloc(0);
  private used = 0;

  /** Returns the number of bytes in the queue. */
  get bytes(): number {
    return this.used;
  }

  /** Appends a copy of one payload, which may come in two pieces. */
  push(head: Uint8Array, body: Uint8Array | undefined): void {
    const length = head.length + (body?.length ?? 0);
    this.reserve(LENGTH_BYTES + length);
    this.place.writeUInt32BE(length, this.used);
    this.place.set(head, this.used + LENGTH_BYTES);
    if (body !== undefined) this.place.set(body, this.used + LENGTH_BYTES + head.length);
    this.used += LENGTH_BYTES + length;
  }

  /** Passes every payload to `send`, in order, and empties the queue. */
  drain(send: (payload: Buffer) => void): void {
    const { place, used } = this;
    this.clear();
    for (let offset = 0; offset < used; ) {
      const start = offset + LENGTH_BYTES;
      offset = start + place.readUInt32BE(offset);
      send(place.subarray(start, offset));
    }
  }

  /** Drops all payloads. */
  clear(): void {
    this.place = Buffer.alloc(0);
    this.used = 0;
  }

  private reserve(bytes: number): void {
    const needed = this.used + bytes;
    if (needed <= this.place.length) return;
    const bigger = Buffer.allocUnsafe(Math.max(needed, this.place.length * 2, FIRST_BYTES));
    this.place.copy(bigger, 0, 0, this.used);
    this.place = bigger;
  }
}
