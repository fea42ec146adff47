import type { Clock } from '@sallyport/context';
import type { SessionEnded } from '@sallyport/proto-gen/session/v1/session_event';

/** The event that a session has ended comes at once, or the store is asked. */
const REMEMBERED_MS = 60_000;
const MOST = 2_000;

/** The last frame of a recording, and its link in the hash chain. */
export interface RecordingEnd {
  readonly lastSeq: bigint;
  readonly link: Buffer;
}

/** The ends of the recordings that this recorder has received and closed in the last minute. */
export class ClosedLately {
  private readonly ends = new Map<string, RecordingEnd & { readonly until: number }>();

  constructor(private readonly clock: Pick<Clock, 'monotonic'>) {}

  note(sessionId: string, { lastSeq, link }: RecordingEnd): void {
    this.ends.delete(sessionId);
    this.ends.set(sessionId, { lastSeq, link, until: this.clock.monotonic() + REMEMBERED_MS });
    this.forget();
  }

  /** Returns true if the recording was closed here, with the end that core knows, if it knows one. */
  isClosedAs({ sessionId, lastSeq, link }: Pick<SessionEnded, 'sessionId' | 'lastSeq' | 'link'>): boolean {
    this.forget();
    const end = this.ends.get(sessionId);
    if (end === undefined) return false;
    return lastSeq === 0n || (lastSeq === end.lastSeq && (link.length === 0 || link.equals(end.link)));
  }

  private forget(): void {
    for (const [sessionId, { until }] of this.ends) {
      if (until > this.clock.monotonic() && this.ends.size <= MOST) return;
      this.ends.delete(sessionId);
    }
  }
}
