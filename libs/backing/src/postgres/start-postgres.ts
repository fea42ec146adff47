import { randomBytes } from 'node:crypto';
import { chown, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import { claimPort } from '../network/free-port.js';
import type { PartOptions, Report, RunningPart } from '../part.js';
import { placeForUser } from '../place/place-for-user.js';
import { unprivilegedUser } from '../place/system-user.js';
import type { SystemUser } from '../place/unix-user.js';
import { runCommand } from '../process/run-command.js';
import { spawnPart } from '../process/spawn-part.js';
import { postgresBinaries } from './postgres-binaries.js';

/** A running PostgreSQL 15. `url` is the superuser's, with its password: keep it out of logs. */
export type Postgres = RunningPart;

/** Settings of PostgreSQL. */
export interface PostgresOptions extends PartOptions {
  /** False only for tests: no fsync, so a power cut loses committed rows. */
  readonly isDurable?: boolean;
  readonly maxConnections?: number;
}

/**
 * Starts PostgreSQL on 127.0.0.1 and creates its cluster at the first start. As root it runs as user `postgres` (created if it is missing),
 * and its data go where that user can reach them.
 * @throws ToolMissing, PortTaken, PartExited, PartNotReady, CommandFailed
 */
export async function startPostgres(options: PostgresOptions): Promise<Postgres> {
  const user = await unprivilegedUser('postgres');
  const report = options.report ?? (() => undefined);
  const bin = await postgresBinaries(user, report);
  const place = await placeForUser(options.directory, user);
  const cluster = join(place, 'cluster');
  const password = await ensureCluster(bin, place, cluster, user, report);
  const port = await claimPort('PostgreSQL', options.port, options.portHint);
  const url = `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;
  return spawnPart({
    name: 'postgres',
    argv: [join(bin, 'postgres'), '-D', cluster, ...settings(port, options)],
    port,
    url,
    logFile: join(place, 'postgres.log'),
    user,
    stopSignal: 'SIGINT', // "fast": sessions are cut, what is committed is kept. SIGTERM would wait for every client.
    ready: () => answers(url),
  });
}

function settings(port: number, options: PostgresOptions): string[] {
  const values = {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: options.maxConnections ?? 100,
    log_timezone: 'UTC',
    timezone: 'UTC',
    ...(options.isDurable === false ? { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' } : {}),
  };
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

/** Creates the cluster unless it exists. Returns the superuser's password, which lies beside the cluster. */
async function ensureCluster(bin: string, place: string, cluster: string, user: SystemUser | undefined, report: Report): Promise<string> {
  const passwordFile = join(place, 'superuser-password');
  if (
    await stat(join(cluster, 'PG_VERSION')).then(
      () => true,
      () => false,
    )
  )
    return (await readFile(passwordFile, 'utf8')).trim();
  report('making a PostgreSQL cluster');
  const password = randomBytes(24).toString('hex');
  await writeFile(passwordFile, password, { mode: 0o600 });
  if (user !== undefined) await chown(passwordFile, user.uid, user.gid);
  const args = [
    '-D',
    cluster,
    '-U',
    'postgres',
    '-A',
    'scram-sha-256',
    `--pwfile=${passwordFile}`,
    '--encoding=UTF8',
    '--locale=C.UTF-8',
    '--no-instructions',
  ];
  await runCommand(join(bin, 'initdb'), args, { user, cwd: place });
  return password;
}

async function answers(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 2000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('select 1');
    return true;
  } finally {
    await client.end().catch(() => undefined);
  }
}
