/** Sums up the credit of all channels of a connection: bytes that the peer may send, or has sent without being consumed. */
export class CreditLedger {
  private outstanding = 0;

  /** @param limit bytes of credit over all channels. Beyond it each channel gets its minimum only. */
  constructor(private readonly limit: number) {}

  /** Returns the current credit in bytes. */
  get total(): number {
    return this.outstanding;
  }

  /** Grants up to `wanted` bytes of credit, but at least `floor`. Returns the granted bytes. */
  grant(wanted: number, floor: number): number {
    const granted = Math.min(wanted, Math.max(this.limit - this.outstanding, floor));
    if (granted <= 0) return 0;
    this.outstanding += granted;
    return granted;
  }

  /** Releases credit for bytes that were consumed, or whose channel is gone. */
  release(bytes: number): void {
    this.outstanding -= bytes;
  }
}
