/** The writers that hold frames which are not in the store yet. */
export class WaitingFrames {
  private readonly since = new Map<object, number>();

  /** Notes that a writer holds frames, the oldest of them since `at` (Clock.monotonic). */
  holds(writer: object, at: number): void {
    this.since.set(writer, at);
  }

  /** Notes that a writer holds none. */
  holdsNone(writer: object): void {
    this.since.delete(writer);
  }

  /** Returns the age of the oldest frame in seconds; 0 if there is none. */
  oldestSeconds(now: number): number {
    return this.since.size === 0 ? 0 : Math.max(0, now - Math.min(...this.since.values())) / 1000;
  }
}
