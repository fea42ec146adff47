import { Places, type Place } from '@sallyport/context';

/** The number of connections that may be unauthenticated at the same time, as sshd's MaxStartups and PerSourceMaxStartups bound them. */
export interface PreauthLimits {
  perSource: number;
  total: number;
}

/** The limits of the whole gateway, however many processes it has. A team behind one address fits, a flood does not. */
export const PREAUTH_LIMITS: PreauthLimits = { perSource: 64, total: 1024 };

/** Counts unauthenticated connections, so that silent ones of one source can't take all places. */
export class PreauthLimiter {
  private readonly places: Places;

  constructor(
    { perSource, total }: PreauthLimits,
    private readonly onRefused: (source: string) => void = () => undefined,
  ) {
    this.places = new Places({ perKey: perSource, total });
  }

  /** Takes a place, which must be released. Returns undefined if there is none. */
  admit(source: string): Place | undefined {
    const place = this.places.admit(source);
    if (!place) this.onRefused(source);
    return place;
  }

  /** Returns the number of unauthenticated connections. */
  get pending(): number {
    return this.places.taken;
  }
}
