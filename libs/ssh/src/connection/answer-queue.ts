/** Replies to channel requests in the order of the requests, regardless of when each was decided (RFC 4254 §5.4). */

interface Slot {
  readonly isWanted: boolean;
  isGranted: boolean | undefined;
}

/** See the head of this file. */
export class AnswerQueue {
  private readonly slots: Slot[] = [];

  /** @param send sends one reply. */
  constructor(private readonly send: (isGranted: boolean) => void) {}

  /**
   * Reserves the next position in the order. Call the returned function with the decision; it returns false if the request was decided
   * already.
   */
  reserve(isWanted: boolean): (isGranted: boolean) => boolean {
    const slot: Slot = { isWanted, isGranted: undefined };
    this.slots.push(slot);
    return (isGranted) => {
      if (slot.isGranted !== undefined) return false;
      slot.isGranted = isGranted;
      this.sendDecided();
      return true;
    };
  }

  private sendDecided(): void {
    while (this.slots.length > 0 && this.slots[0]!.isGranted !== undefined) {
      const { isWanted, isGranted } = this.slots.shift()!;
      if (isWanted) this.send(isGranted!);
    }
  }
}
