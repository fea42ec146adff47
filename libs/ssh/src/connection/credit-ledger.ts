/** Adds up what all channels of a connection have been allowed to send and was not consumed yet. */
export class CreditLedger {
  private outstanding = 0;

  /** @param limit bytes that may be outstanding over all channels before each gets its floor only. */
  constructor(private readonly limit: number) {}

  /** Bytes outstanding now. */
  get total(): number {
    return this.outstanding;
  }

  /** Takes up to `wanted` bytes of credit, but at least `floor`; answers how many were taken. */
  take(wanted: number, floor: number): number {
    const granted = Math.min(wanted, Math.max(this.limit - this.outstanding, floor));
    if (granted <= 0) return 0;
    this.outstanding += granted;
    return granted;
  }

  /** Bytes were consumed, or their channel is gone. */
  giveBack(bytes: number): void {
    this.outstanding -= bytes;
  }
}
