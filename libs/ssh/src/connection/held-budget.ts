/** Bounds the bytes that a connection queues for an application that has not decided yet. Beyond the limit the peer is not read. */
export class HeldBudget {
  private bytes = 0;
  private isHolding = false;

  /**
   * @param limit bytes.
   * @param hold stops reading the peer.
   * @param release resumes reading. Called in a microtask, so that the event that made room is delivered before packets that are read then.
   */
  constructor(
    private readonly limit: number,
    private readonly hold: () => void,
    private readonly release: () => void,
  ) {}

  /** Returns the queued bytes, including the cost of each entry. */
  get total(): number {
    return this.bytes;
  }

  /** Counts bytes that are queued. */
  add(bytes: number): void {
    this.bytes += bytes;
    if (this.isHolding || this.bytes < this.limit) return;
    this.isHolding = true;
    this.hold();
  }

  /** Counts bytes that left the queue. */
  remove(bytes: number): void {
    this.bytes -= bytes;
    if (!this.isHolding || this.bytes > this.limit / 2) return;
    this.isHolding = false;
    queueMicrotask(this.release);
  }
}
