import { uuidv7 } from '@sallyport/context';
import { beginSessionTrace, beginSpan, sessionTrace, type OpenSpan } from '@sallyport/telemetry';

/** The trace of a login, which the first session of its connection continues. A session's trace has the session's id. */
export class LoginTrace {
  private readonly id = uuidv7();
  private readonly span = beginSessionTrace('ssh login', this.id);
  private free: string | undefined = this.id;
  private isEnded = false;

  /** Runs work of the login. */
  within<T>(work: () => T): T {
    return this.span.within(work);
  }

  /** Ends the login, once. */
  end(isFailure: boolean): void {
    if (this.isEnded) return;
    this.isEnded = true;
    this.span.end({}, isFailure);
  }

  /** Returns the id of the next session to ask for. Each is used for one request: core may have opened a session although it did not answer. */
  takeSessionId(): string {
    const id = this.free ?? uuidv7();
    this.free = undefined;
    return id;
  }

  /** Takes an id back for which core has opened no session. */
  giveBack(id: string): void {
    this.free = id;
  }

  /** Begins the span of a session: in the login's trace, or as the first of its own. */
  beginSession(id: string): OpenSpan {
    return id === this.id ? beginSpan('session', 'server', sessionTrace(id)) : beginSessionTrace('session', id);
  }
}
