import type { CloseReporter } from './close-reporter.js';
import type { LeaseRenewal } from './lease-renewal.js';
import { reasonText } from './session-end.js';
import type { SessionRegistry } from './session-registry.js';
import type { Session } from './session.js';

export interface SessionKeeperDeps {
  registry: SessionRegistry;
  reporter: CloseReporter;
  leases: LeaseRenewal;
  onEnded(reason: string): void;
}

/** Keeps sessions registered from their grant until core knows that they have ended. */
export class SessionKeeper {
  constructor(private readonly deps: SessionKeeperDeps) {}

  adopt(session: Session): void {
    this.deps.registry.add(session);
    this.deps.leases.reschedule();
    void this.awaitEnd(session);
  }

  private async awaitEnd(session: Session): Promise<void> {
    const report = await session.over;
    this.deps.registry.markOver(session);
    this.deps.onEnded(reasonText(report.end.reason));
    await this.deps.reporter.report(report);
    this.deps.registry.remove(session);
  }
}
