/** Part of the spool that is kept for commands, channels and ends. */
const RESERVE = 0.1;

/** How much of the spool's bound is used by all sessions of this process together. */
export class SpoolSpace {
  private used = 0;

  /** `maxBytes` may be changed: the gateway's processes share one bound. */
  constructor(public maxBytes: number) {}

  get usedBytes(): number {
    return this.used;
  }

  /** Whether there is room for this much output, or, with the reserve, for anything else. */
  hasRoom(bytes: number, mayUseReserve: boolean): boolean {
    return this.used + bytes <= this.maxBytes * (mayUseReserve ? 1 : 1 - RESERVE);
  }

  take(bytes: number): void {
    this.used += bytes;
  }

  give(bytes: number): void {
    this.used -= bytes;
  }
}
