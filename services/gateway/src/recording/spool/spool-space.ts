/** How much of the spool's bound is used by all sessions together. */
export class SpoolSpace {
  private used = 0;

  /** `reserveBytes` of it are kept for what is not output: commands, channels, ends. */
  constructor(private readonly maxBytes: number, private readonly reserveBytes: number) {}

  get usedBytes(): number {
    return this.used;
  }

  /** Whether there is room for this much output, or, with the reserve, for anything else. */
  hasRoom(bytes: number, mayUseReserve: boolean): boolean {
    return this.used + bytes <= this.maxBytes - (mayUseReserve ? 0 : this.reserveBytes);
  }

  take(bytes: number): void {
    this.used += bytes;
  }

  give(bytes: number): void {
    this.used -= bytes;
  }
}
