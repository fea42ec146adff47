import { partEnvironment, runCommand, spawnPart, type RunningPart } from '@sallyport/backing';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SERVICES, type ServiceName } from '../data/secrets.js';
import type { Unit } from '../supervise/unit.js';
import type { Site } from './backing-units.js';
import type { DatabaseUrlFiles } from './database.js';
import { migrationEnvironment, serviceEnvironment } from './service-environment.js';
import { CORE_ALLOCATOR, NODE_ARGUMENTS } from './service-process.js';

/** A gateway gets its drain time and some more; SIGKILL comes after. */
const STOP_DEADLINE_MS = 15_000;
const ALIVE_DEADLINE_MS = 120_000;

const SERVICES_FOLDER = fileURLToPath(new URL('../../../../services', import.meta.url));

/** Returns the units of the five services, each a process of its own. */
export function serviceUnits(site: Site, databases: DatabaseUrlFiles): Unit[] {
  return SERVICES.map((name) => ({ name, kind: 'service', start: () => startService(site, databases, name) }));
}

/**
 * Runs a service's `migrate` to its end, as the owner of its schema.
 * @throws CommandFailed with its output
 */
export async function migrateService(site: Site, databases: DatabaseUrlFiles, name: 'core' | 'indexer'): Promise<void> {
  await runToEnd(site, name, { ...serviceEnvironment(site, databases, name), ...migrationEnvironment(databases, name) }, 'migrate');
}

/**
 * Runs a service's one-time command (`seed FILE`) to its end.
 * @throws CommandFailed with its output
 */
export async function runServiceCommand(site: Site, databases: DatabaseUrlFiles, name: ServiceName, ...args: string[]): Promise<void> {
  await runToEnd(site, name, serviceEnvironment(site, databases, name), ...args);
}

async function runToEnd(site: Site, name: ServiceName, variables: Record<string, string>, ...args: string[]): Promise<void> {
  const env = partEnvironment(variables);
  await runCommand(process.execPath, [mainOf(name), ...args], { env, cwd: site.data.path, timeoutMs: 120_000 });
}

function startService(site: Site, databases: DatabaseUrlFiles, name: ServiceName): Promise<RunningPart> {
  const health = `http://127.0.0.1:${site.ports[`${name}Health`]}`;
  return spawnPart({
    name,
    argv: [process.execPath, ...NODE_ARGUMENTS, mainOf(name)],
    port: site.ports[`${name}Health`],
    url: health,
    logFile: site.data.log(name),
    cwd: site.data.path,
    env: { ...serviceEnvironment(site, databases, name), ...(name === 'core' && CORE_ALLOCATOR) },
    stopDeadlineMs: STOP_DEADLINE_MS,
    readyDeadlineMs: ALIVE_DEADLINE_MS,
    // Alive is enough: readiness depends on the other services too, which may be starting again themselves.
    ready: async () => (await fetch(`${health}/livez`, { signal: AbortSignal.timeout(3000) })).ok,
  });
}

/** Returns the program of a service. */
export function mainOf(name: ServiceName): string {
  return join(SERVICES_FOLDER, name, 'dist', 'main.js');
}
