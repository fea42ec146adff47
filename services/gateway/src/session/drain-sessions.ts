import type { Clock } from '@sallyport/context';
import { drained } from './session-end.js';
import type { SessionRegistry } from './session-registry.js';

/** The time that the recordings and the reports to core of ended sessions may take. */
const WRAP_UP_MS = 10_000;

/** Notifies the users, waits for their sessions to end, and after that time ends the sessions that are left. */
export async function drainSessions(registry: SessionRegistry, clock: Clock, drainSeconds: number): Promise<void> {
  registry.notifyAll(`This gateway is being restarted. Your session ends in ${drainSeconds} s at the latest; new logins go elsewhere.`);
  await Promise.race([registry.whenEmpty(), clock.sleep(drainSeconds * 1000)]);
  registry.endAll(drained());
  await Promise.race([registry.whenEmpty(), clock.sleep(WRAP_UP_MS)]);
}
