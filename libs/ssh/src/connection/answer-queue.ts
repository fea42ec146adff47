/** Answers to requests, which must go out in the order of the requests, whenever each was decided (RFC 4254 §5.4). */

interface Place {
  readonly isWanted: boolean;
  isGranted: boolean | undefined;
}

/** See the head of this file. */
export class AnswerQueue {
  private readonly places: Place[] = [];

  /** @param send sends one answer. */
  constructor(private readonly send: (isGranted: boolean) => void) {}

  /** Keeps a place for a request; the function it gives back is called with the decision, and counts once. True: it was the first time. */
  promise(isWanted: boolean): (isGranted: boolean) => boolean {
    const place: Place = { isWanted, isGranted: undefined };
    this.places.push(place);
    return (isGranted) => {
      if (place.isGranted !== undefined) return false;
      place.isGranted = isGranted;
      this.sendDecided();
      return true;
    };
  }

  private sendDecided(): void {
    while (this.places.length > 0 && this.places[0]!.isGranted !== undefined) {
      const { isWanted, isGranted } = this.places.shift()!;
      if (isWanted) this.send(isGranted!);
    }
  }
}
