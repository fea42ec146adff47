import { KeyedSemaphore, type Permit } from '@sallyport/context';

/** Bounds the connections of each user to this gateway, over all its data processes. */
export class UserConnections {
  private readonly permits: KeyedSemaphore;

  constructor(private readonly max: number) {
    this.permits = new KeyedSemaphore({ total: Number.MAX_SAFE_INTEGER, perKey: max });
  }

  /** Returns a permit for one more connection; or the refusal, for the user to read. */
  admit(user: string): Permit | string {
    return (
      this.permits.tryAcquire(user) ??
      `${user} already has ${this.max} connections to this gateway, the most that one user may have. Close some of them and log in again.`
    );
  }
}
