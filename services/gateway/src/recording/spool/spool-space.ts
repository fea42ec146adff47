/** Share of the spool that is reserved for commands, channel frames and ends. */
const RESERVE = 0.1;

/** Counts the bytes that all sessions of this process use of the spool's limit. */
export class SpoolSpace {
  private used = 0;

  /** `maxBytes` may be changed: the gateway's processes share one limit. */
  constructor(public maxBytes: number) {}

  get usedBytes(): number {
    return this.used;
  }

  /** Returns true if there is room for this many bytes of output, or, with the reserve, of anything else. */
  hasRoom(bytes: number, mayUseReserve: boolean): boolean {
    return this.used + bytes <= this.maxBytes * (mayUseReserve ? 1 : 1 - RESERVE);
  }

  reserve(bytes: number): void {
    this.used += bytes;
  }

  release(bytes: number): void {
    this.used -= bytes;
  }
}
