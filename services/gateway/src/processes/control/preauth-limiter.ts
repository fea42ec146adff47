import { KeyedSemaphore, type Permit } from '@sallyport/context';

/** The number of connections that may be unauthenticated at the same time, as sshd's MaxStartups and PerSourceMaxStartups bound them. */
export interface PreauthLimits {
  perSource: number;
  total: number;
}

/** The limits of the whole gateway, however many processes it has. A team behind one address fits, a flood does not. */
export const PREAUTH_LIMITS: PreauthLimits = { perSource: 64, total: 1024 };

/** Counts unauthenticated connections, so that silent ones of one source can't hold all permits. */
export class PreauthLimiter {
  private readonly permits: KeyedSemaphore;

  constructor(
    { perSource, total }: PreauthLimits,
    private readonly onRefused: (source: string) => void = () => undefined,
  ) {
    this.permits = new KeyedSemaphore({ perKey: perSource, total });
  }

  /** Returns a permit, which must be released; undefined if the limit is reached. */
  admit(source: string): Permit | undefined {
    const permit = this.permits.tryAcquire(source);
    if (!permit) this.onRefused(source);
    return permit;
  }

  /** Returns the number of unauthenticated connections. */
  get pending(): number {
    return this.permits.held;
  }
}
