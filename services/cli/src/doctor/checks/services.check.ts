import { SERVICES, type ServiceName } from '@sallyport/config';
import { fault, ok, warning, type Check, type Finding } from '../check.js';
import type { Installation } from '../installation.js';
import { reasonOf } from '../run-checks.js';

/** Longest wait for one health server; its own checks take 2 s. */
const ANSWER_MS = 3_500;

/** The answer of /readyz. */
interface Ready {
  readonly ready?: boolean;
  readonly draining?: boolean;
  readonly checks?: Readonly<Record<string, string>>;
  readonly version?: string;
}

/** Asks each service if it is ready, and compares their versions, as far as they report them. */
export const readinessCheck: Check = {
  group: 'Services',
  name: 'ready',
  needs: [],
  remedy: 'Check that the services run',
  async run(installation) {
    const given = SERVICES.filter((name) => installation.settings[name] !== undefined);
    const answers = await Promise.all(given.map((name) => ask(name, healthUrl(name, installation))));
    return [...answers.map(({ finding }) => finding), ...versionFindings(answers)];
  },
};

/** Returns the base URL of a service's health server. One that listens on every address is asked on this machine. */
export function healthUrl(name: ServiceName, { health, settings }: Installation): string {
  const own = settings[name] as unknown as Readonly<Record<string, string | number>>;
  const prefix = name.toUpperCase();
  const host = String(own[`${prefix}_HEALTH_HOST`]);
  const reached = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return health[name] ?? `http://${reached.includes(':') ? `[${reached}]` : reached}:${own[`${prefix}_HEALTH_PORT`]}`;
}

interface Answer {
  readonly name: ServiceName;
  readonly finding: Finding;
  readonly version?: string | undefined;
}

async function ask(name: ServiceName, url: string): Promise<Answer> {
  try {
    const response = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(ANSWER_MS) });
    const state = (await response.json()) as Ready;
    return { name, version: state.version, finding: finding(name, url, state) };
  } catch (error) {
    return {
      name,
      finding: fault(
        `${name} does not answer at ${url}: ${reasonOf(error)}`,
        `Start ${name}, read its log, or name its health server by --health ${name}=URL`,
      ),
    };
  }
}

function finding(name: ServiceName, url: string, { ready, draining, checks = {} }: Ready): Finding {
  if (ready === true) return ok(`${name} is ready at ${url}`);
  if (draining === true) return warning(`${name} is draining`, 'Wait until its replacement is ready');
  const problems = Object.entries(checks).filter(([, state]) => state !== 'ok');
  const why = problems.map(([what, state]) => `${what}: ${state}`).join('; ');
  return fault(`${name} is not ready: ${why || 'it gives no reason'}`, `Mend what it names, and read its log`);
}

function versionFindings(answers: readonly Answer[]): Finding[] {
  const reported = answers.filter(({ version }) => version !== undefined);
  if (new Set(reported.map(({ version }) => version)).size < 2) return [];
  const list = reported.map(({ name, version }) => `${name} ${version}`).join(', ');
  return [warning(`the services are of several versions: ${list}`, 'Finish the upgrade')];
}
