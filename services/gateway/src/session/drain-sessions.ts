import type { Clock } from '@sallyport/context';
import { drained } from './session-end.js';
import type { SessionRegistry } from './session-registry.js';

/** The collaborators and values of a drain. */
export interface DrainDeps {
  readonly registry: SessionRegistry;
  /** The connections, see ConnectionDrain. */
  readonly connections: { start(): void; sweep(): void; readonly isAwaited: boolean };
  readonly clock: Clock;
  readonly drainSeconds: number;
}

const LOOK_MS = 250;
/** The time that the recordings and the reports to core of ended sessions may take. */
const WRAP_UP_MS = 10_000;
/** The time for reports to core of sessions that were over before. */
const LAST_REPORTS_MS = 2_000;
/** Users of a long drain are reminded so long before its end. */
const REMINDER_MS = 300_000;

/**
 * Notifies the users, waits for their sessions to end, and after the drain time, or when `now` fires, ends the sessions that are left. Without
 * a session it is over at once. It does not wait for core: sessions whose end can not be reported are closed as lost.
 */
export async function drainSessions({ registry, connections, clock, drainSeconds }: DrainDeps, now: AbortSignal): Promise<void> {
  const endsAt = clock.monotonic() + drainSeconds * 1000;
  const notice = restartNotice(clock.now(), drainSeconds);
  let isReminderDue = drainSeconds * 1000 > 2 * REMINDER_MS;
  connections.start();
  for (;;) {
    const leftMs = endsAt - clock.monotonic();
    registry.notifyOnce(notice);
    connections.sweep();
    if (isReminderDue && leftMs <= REMINDER_MS) {
      isReminderDue = false;
      registry.notifyAll(`This gateway is being restarted. Your session will be ended in ${durationText(leftMs / 1000)}.`);
    }
    if (leftMs <= 0 || now.aborted || (registry.liveCount === 0 && !connections.isAwaited)) break;
    await clock.sleep(Math.min(LOOK_MS, leftMs), now).catch(() => undefined);
  }
  const wrapUpMs = registry.liveCount > 0 ? WRAP_UP_MS : LAST_REPORTS_MS;
  registry.endAll(drained());
  await Promise.race([registry.whenEmpty(), clock.sleep(wrapUpMs)]);
}

/** Returns the line that users read at the start of a drain. */
function restartNotice(nowMs: number, seconds: number): string {
  const end = new Date(nowMs + seconds * 1000).toISOString().slice(0, 16).replace('T', ' ');
  return `This gateway is being restarted. Your session goes on and will be ended at ${end} UTC, in ${durationText(seconds)}.`;
}

/** Returns a duration in the largest unit of which it has at least two. */
function durationText(seconds: number): string {
  for (const [unit, length] of [
    ['h', 3600],
    ['min', 60],
  ] as const)
    if (seconds >= 2 * length) return `${Math.round(seconds / length)} ${unit}`;
  return `${Math.round(seconds)} s`;
}
