/** A terminal with work. */
export interface TurnTaker {
  /** Session whose part of the thread it uses. */
  readonly session: string;
  readonly hasWork: boolean;
  /** Starts the next part of its work, of about `budget`. */
  start(budget: number): { readonly price: number; readonly done: Promise<void> };
}

/** Price of the work that one terminal does at once: about 8 ms. */
const SLICE_PRICE = 32 * 1024;
/** Price of all work that is under way. It bounds the time that a terminal waits for the slices of others. */
const UNDER_WAY_PRICE = 2 * SLICE_PRICE;

interface Share {
  /** Price of the work done so far. */
  used: number;
  /** Terminals with work, the next one first. */
  readonly waiting: TurnTaker[];
  isUnderWay: boolean;
}

/**
 * Shares a thread fairly: the session that has used least of it is next, with one slice at a time, and its terminals take turns. A session that was idle begins
 * where the others are. So it is next, and delayed by the work under way alone, whatever the others have waiting.
 */
export class FairTurns {
  private readonly shares = new Map<string, Share>();
  private readonly busy = new Set<TurnTaker>();
  private underWayPrice = 0;
  /** Use of the session that was served last. */
  private level = 0;

  /** @param onSlice is called when a slice of work is done. */
  constructor(private readonly onSlice: () => void) {}

  /** Adds a terminal that has work. */
  add(taker: TurnTaker): void {
    if (!this.busy.has(taker)) this.queue(taker);
    this.run();
  }

  private queue(taker: TurnTaker): void {
    const share = this.shares.get(taker.session) ?? { used: this.level, waiting: [], isUnderWay: false };
    this.shares.set(taker.session, share);
    if (share.waiting.includes(taker)) return;
    // A session does not save up the turns that it did not need.
    if (isIdle(share)) share.used = Math.max(share.used, this.level);
    share.waiting.push(taker);
  }

  private run(): void {
    while (this.underWayPrice < UNDER_WAY_PRICE) {
      const share = this.next();
      const taker = share?.waiting.shift();
      if (!share || !taker) return;
      this.work(share, taker);
    }
  }

  private next(): Share | undefined {
    let least: Share | undefined;
    for (const share of this.shares.values()) {
      if (share.waiting.length > 0 && !share.isUnderWay && share.used < (least?.used ?? Infinity)) least = share;
    }
    return least;
  }

  private work(share: Share, taker: TurnTaker): void {
    this.level = Math.max(this.level, share.used);
    this.busy.add(taker);
    const { price, done } = taker.start(SLICE_PRICE);
    share.used += price;
    share.isUnderWay = true;
    this.underWayPrice += price;
    void done.then(() => {
      share.isUnderWay = false;
      this.underWayPrice -= price;
      this.busy.delete(taker);
      if (taker.hasWork) this.queue(taker);
      this.forgetIdle();
      this.onSlice();
      this.run();
    });
  }

  /** Forgets what idle sessions used, once the others have used as much or nothing is left to do. */
  private forgetIdle(): void {
    if (this.busy.size === 0 && this.next() === undefined) {
      this.shares.clear();
      this.level = 0;
    }
    for (const [session, share] of this.shares) if (isIdle(share) && share.used <= this.level) this.shares.delete(session);
  }
}

const isIdle = ({ waiting, isUnderWay }: Share): boolean => waiting.length === 0 && !isUnderWay;
