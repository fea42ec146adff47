/** Answers to requests leave in the order of the requests (RFC 4254 §4 and §5.4), whenever each is decided. */
export class ReplyQueue {
  private readonly waiting: { answer: boolean | undefined }[] = [];

  constructor(private readonly send: (accepted: boolean) => void) {}

  /** Reserves the place of one answer. */
  expect(): (accepted: boolean) => void {
    const place: { answer: boolean | undefined } = { answer: undefined };
    this.waiting.push(place);
    return (accepted) => {
      if (place.answer !== undefined) return;
      place.answer = accepted;
      this.flush();
    };
  }

  get length(): number {
    return this.waiting.length;
  }

  private flush(): void {
    while (this.waiting[0]?.answer !== undefined) this.send(this.waiting.shift()?.answer === true);
  }
}

/** Answers that we wait for, matched to our requests by order. */
export class AwaitedReplies {
  private readonly waiting: ((accepted: boolean) => void)[] = [];

  next(): Promise<boolean> {
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  /** An answer came; false when nobody waits for one. */
  settle(accepted: boolean): boolean {
    const resolve = this.waiting.shift();
    resolve?.(accepted);
    return resolve !== undefined;
  }

  /** No further answer will come. */
  giveUp(): void {
    for (const resolve of this.waiting.splice(0)) resolve(false);
  }
}
