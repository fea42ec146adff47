/** How many sockets may wait to sign in. */
export interface WaitingRoomLimits {
  perSource: number;
  inAll: number;
}

/** A team behind one address fits, a flood does not. For the whole gateway, however many processes it has. */
export const WAITING: WaitingRoomLimits = { perSource: 64, inAll: 1024 };

/** Counts sockets that have not signed in yet, so that nobody can take all the room with silent ones. */
export class WaitingRoom {
  private readonly bySource = new Map<string, number>();
  private all = 0;

  constructor(
    private readonly limits: WaitingRoomLimits,
    private readonly onRefused: (source: string) => void = () => undefined,
  ) {}

  /** A place, to be given back once; undefined when there is none. */
  admit(source: string): { release(): void } | undefined {
    const waiting = this.bySource.get(source) ?? 0;
    if (this.all >= this.limits.inAll || waiting >= this.limits.perSource) {
      this.onRefused(source);
      return undefined;
    }
    this.bySource.set(source, waiting + 1);
    this.all += 1;
    let isHeld = true;
    return {
      release: () => {
        if (isHeld) this.leave(source);
        isHeld = false;
      },
    };
  }

  get waiting(): number {
    return this.all;
  }

  private leave(source: string): void {
    this.all -= 1;
    const left = (this.bySource.get(source) ?? 1) - 1;
    if (left > 0) this.bySource.set(source, left);
    else this.bySource.delete(source);
  }
}
