import { Injectable } from '@nestjs/common';

/** Wakes the relay of this process when a fact was committed. */
@Injectable()
export class OutboxAlarm {
  #ringing = new AbortController();

  ring(): void {
    this.#ringing.abort();
  }

  /** Returns a signal that aborts at the next ring. Facts that are committed before this call are seen by a read after it. */
  set(): AbortSignal {
    if (this.#ringing.signal.aborted) this.#ringing = new AbortController();
    return this.#ringing.signal;
  }
}
