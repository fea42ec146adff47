import { systemClock } from '@sallyport/context';
import { fault, type Check, type Finding } from './check.js';
import type { Installation, Settings } from './installation.js';

/** Longest time of one check. */
const DEADLINE_MS = 5_000;

/** The findings of one check. */
export interface Checked {
  readonly group: string;
  readonly check: string;
  readonly findings: readonly Finding[];
}

/** Carries out all checks side by side, each for 5 s at most. Returns their findings in the order of the checks. */
export async function runChecks(checks: readonly Check[], installation: Installation): Promise<Checked[]> {
  const fitting = checks.filter(({ needs }) => needs.every((name) => installation.settings[name] !== undefined));
  return Promise.all(
    fitting.map(async (check) => ({ group: check.group, check: check.name, findings: await runCheck(check, installation) })),
  );
}

async function runCheck(check: Check, installation: Installation): Promise<readonly Finding[]> {
  const done = new AbortController();
  const late = systemClock.sleep(DEADLINE_MS, done.signal).then(() => [fault(`no answer within ${DEADLINE_MS / 1000} s`, check.remedy)]);
  try {
    return await Promise.race([check.run({ ...installation, settings: installation.settings as Settings }), late]);
  } catch (error) {
    return [fault(reasonOf(error), check.remedy)];
  } finally {
    done.abort();
    late.catch(() => undefined);
  }
}

/** Returns the message of an error in one line. Node's fetch and its failed connections have theirs in the cause. */
export function reasonOf(error: unknown): string {
  const { message, cause, code, errors } = error as Error & { code?: string; errors?: Error[] };
  if (Array.isArray(errors) && errors.length > 0) return reasonOf(errors[0]);
  if (message === 'fetch failed' && cause !== undefined) return reasonOf(cause);
  return (message || code || String(error)).replaceAll(/\s+/g, ' ');
}
