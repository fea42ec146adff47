import { systemClock } from '@sallyport/context';
import { inspectBus } from '@sallyport/bus';
import { fault, ok, warning, type Check, type Finding } from '../check.js';
import { reasonOf } from '../run-checks.js';
import { queryOnce } from '../database.js';
import { natsClient } from './nats.check.js';
import { healthUrl } from './services.check.js';

const WARN_MS = 2_000;
const FAULT_MS = 30_000;
const ANSWER_MS = 3_500;
const FIX = 'Set the clocks of all machines by NTP (chrony, systemd-timesyncd)';

/** A time that a machine reported; it lies between `from` and `to`, as a Date header has whole seconds. */
interface Reported {
  readonly from: number;
  readonly to: number;
}

/** Compares the clocks of the servers with this machine's. A server that is away is reported by its own check. */
export const clockChecks: readonly Check[] = [
  clock('core', ['core'], (installation) => dateOf(`${healthUrl('core', installation)}/livez`)),
  clock('PostgreSQL', ['core'], async ({ settings }) => {
    const [row] = await queryOnce<{ now: Date }>(settings.core!.CORE_DATABASE_URL, 'SELECT clock_timestamp() AS now');
    return row && { from: row.now.getTime(), to: row.now.getTime() };
  }),
  clock('NATS', ['core'], async ({ settings }) => {
    const { serverTime } = await inspectBus(natsClient('core', settings.core!), ANSWER_MS);
    return serverTime === undefined ? undefined : { from: serverTime, to: serverTime };
  }),
  clock('S3', ['recorder'], async ({ settings: { recorder } }) =>
    recorder?.RECORDER_STORE === 's3' && recorder.RECORDER_S3_ENDPOINT !== undefined ? dateOf(recorder.RECORDER_S3_ENDPOINT) : undefined,
  ),
];

function clock(
  name: string,
  needs: Check['needs'],
  ask: (installation: Parameters<Check['run']>[0]) => Promise<Reported | undefined>,
): Check {
  return {
    group: 'Clocks',
    name,
    needs,
    remedy: FIX,
    async run(installation) {
      const asked = systemClock.now();
      const reported = await ask(installation).catch((error: unknown) => reasonOf(error));
      if (reported === undefined) return [];
      if (typeof reported === 'string') return [warning(`its clock is not known: ${reported}`, `Mend the connection to ${name} first`)];
      return [compare(reported, { from: asked, to: systemClock.now() })];
    },
  };
}

/** Compares two spans of time: what lies between them is the least that the clocks differ by. */
function compare(there: Reported, here: Reported): Finding {
  const behind = here.from - there.to;
  const ahead = there.from - here.to;
  const skew = Math.max(behind, ahead, 0);
  const seconds = `${Math.round(skew / 1000)} s ${ahead > behind ? 'ahead of' : 'behind'} this machine's`;
  if (skew > FAULT_MS) return fault(`its clock is ${seconds}`, FIX);
  return skew > WARN_MS ? warning(`its clock is ${seconds}`, FIX) : ok("its clock agrees with this machine's");
}

async function dateOf(url: string): Promise<Reported | undefined> {
  const response = await fetch(url, { signal: AbortSignal.timeout(ANSWER_MS) });
  await response.body?.cancel();
  const time = Date.parse(response.headers.get('date') ?? '');
  return Number.isNaN(time) ? undefined : { from: time, to: time + 999 };
}
