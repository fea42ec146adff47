import type { Clock } from '@sallyport/context';
import { drained } from './session-end.js';
import type { SessionRegistry } from './session-registry.js';

/** For recordings and core to take the last word of sessions that were ended. */
const WRAP_UP_MS = 10_000;

/** Tells the users, lets their sessions go on for so long, and ends those that are left. */
export async function drainSessions(registry: SessionRegistry, clock: Clock, drainSeconds: number): Promise<void> {
  registry.tellAll(`This gateway is being restarted. Your session ends in ${drainSeconds} s at the latest; new logins go elsewhere.`);
  await Promise.race([registry.whenEmpty(), clock.sleep(drainSeconds * 1000)]);
  registry.endAll(drained());
  await Promise.race([registry.whenEmpty(), clock.sleep(WRAP_UP_MS)]);
}
