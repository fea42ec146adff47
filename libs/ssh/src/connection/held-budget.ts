/** Bounds what a connection keeps for applications that have not made up their mind: above it the peer is not read. */
export class HeldBudget {
  private bytes = 0;
  private isHolding = false;

  /** @param hold stops reading the peer; @param release goes on, and is called when whoever took something is done: what is read then comes behind it. */
  constructor(
    private readonly limit: number,
    private readonly hold: () => void,
    private readonly release: () => void,
  ) {}

  /** Bytes kept now, with what keeping them costs. */
  get total(): number {
    return this.bytes;
  }

  /** Something is kept from now on. */
  add(bytes: number): void {
    this.bytes += bytes;
    if (this.isHolding || this.bytes < this.limit) return;
    this.isHolding = true;
    this.hold();
  }

  /** It is no longer kept. */
  remove(bytes: number): void {
    this.bytes -= bytes;
    if (!this.isHolding || this.bytes > this.limit / 2) return;
    this.isHolding = false;
    queueMicrotask(this.release);
  }
}
