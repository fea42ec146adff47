import { KeyedSemaphore, type Permit } from '@sallyport/context';

/** How many sockets may wait to sign in. */
export interface WaitingRoomLimits {
  perSource: number;
  inAll: number;
}

/** A team behind one address fits, a flood does not. For the whole gateway, however many processes it has. */
export const WAITING: WaitingRoomLimits = { perSource: 64, inAll: 1024 };

/** Counts sockets that have not signed in yet, so that nobody can take all the room with silent ones. */
export class WaitingRoom {
  private readonly places: KeyedSemaphore;

  constructor(
    { perSource, inAll }: WaitingRoomLimits,
    private readonly onRefused: (source: string) => void = () => undefined,
  ) {
    this.places = new KeyedSemaphore({ perKey: perSource, total: inAll });
  }

  /** A place, to be given back once; undefined when there is none. */
  admit(source: string): Permit | undefined {
    const place = this.places.tryAcquire(source);
    if (!place) this.onRefused(source);
    return place;
  }

  get waiting(): number {
    return this.places.held;
  }
}
