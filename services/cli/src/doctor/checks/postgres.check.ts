import { fault, ok, warning, type Check, type Finding } from '../check.js';
import { placeOf, queryOnce } from '../database.js';
import type { Installation } from '../installation.js';
import { MIGRATIONS } from '../release.js';

/** The oldest version that the product is tested with. */
const OLDEST_MAJOR = 15;
const FEW_CONNECTIONS = 10;
const WAITING_S = 2;
const IDLE_S = 30;

type Owner = 'core' | 'indexer';
const SCHEMA = { core: 'core', indexer: 'cmdlog' } as const satisfies Record<Owner, keyof typeof MIGRATIONS>;

/** Checks PostgreSQL as the running service sees it: version, schema, rights, locks, connections. */
export const postgresChecks: readonly Check[] = (['core', 'indexer'] as const).flatMap((owner) => [
  postgres(owner, 'server', server),
  postgres(owner, `schema ${SCHEMA[owner]}`, schema),
  postgres(owner, `role of ${owner}`, rights),
  postgres(owner, `locks of ${owner}`, locks),
]);

interface Place {
  readonly owner: Owner;
  readonly url: string;
  readonly isOwnerAllowed: boolean;
}

function postgres(owner: Owner, name: string, examine: (place: Place) => Promise<Finding[]>): Check {
  return {
    group: 'PostgreSQL',
    name,
    needs: [owner],
    remedy: `Check that PostgreSQL runs and that ${owner.toUpperCase()}_DATABASE_URL is right`,
    async run({ settings }) {
      const url = urlOf(owner, settings);
      if (url === undefined) return [];
      const place = { owner, url, isOwnerAllowed: owner === 'core' && settings.core?.CORE_DATABASE_AS_OWNER === true };
      return examine(place);
    },
  };
}

function urlOf(owner: Owner, { core, indexer }: Installation['settings']): string | undefined {
  if (owner === 'core') return core?.CORE_DATABASE_URL;
  return indexer?.INDEXER_STORE === 'postgres' ? indexer.INDEXER_DATABASE_URL : undefined;
}

async function server({ url }: Place): Promise<Finding[]> {
  const [row] = await queryOnce<{ version: string; number: number; used: number; most: number }>(
    url,
    `SELECT current_setting('server_version') AS version, current_setting('server_version_num')::int AS number,
       (SELECT count(*)::int FROM pg_stat_activity WHERE backend_type = 'client backend') AS used,
       current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int AS most`,
  );
  if (row === undefined) return [];
  const isOld = row.number < OLDEST_MAJOR * 10_000;
  const left = row.most - row.used;
  return [
    isOld
      ? fault(`PostgreSQL ${row.version} is too old`, `Upgrade it to ${OLDEST_MAJOR} or newer`)
      : ok(`PostgreSQL ${row.version} at ${placeOf(url)}`),
    left < FEW_CONNECTIONS
      ? fault(`${row.used} of ${row.most} connections are in use`, 'Raise max_connections, or close connections of other programs')
      : ok(`${left} of ${row.most} connections are free`),
  ];
}

async function schema({ owner, url }: Place): Promise<Finding[]> {
  const name = SCHEMA[owner];
  const run = `Run "migrate" of ${owner} of this release, as the owner of the schema`;
  const readable = await queryOnce<{ isReadable: boolean }>(
    url,
    `SELECT has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT') AS "isReadable"
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relname = 'migration'`,
    [name],
  );
  if (readable[0]?.isReadable !== true) return [fault(`the schema ${name} is missing, or the role may not read it`, run)];
  const had = new Set((await queryOnce<{ name: string }>(url, `SELECT name FROM ${name}.migration`)).map((row) => row.name));
  const wanted: readonly string[] = MIGRATIONS[name];
  const missing = wanted.filter((each) => !had.has(each));
  const foreign = [...had].filter((each) => !wanted.includes(each));
  if (missing.length > 0) return [fault(`the schema ${name} is behind this release: ${missing.join(', ')} is missing`, run)];
  if (foreign.length > 0)
    return [warning(`the schema ${name} is of a newer release: it also has ${foreign.join(', ')}`, `Upgrade ${owner} and this command`)];
  return [ok(`has all ${wanted.length} migrations of this release`)];
}

async function rights({ owner, url, isOwnerAllowed }: Place): Promise<Finding[]> {
  const [row] = await queryOnce<{ role: string; isSuper: boolean; owns: boolean }>(
    url,
    `SELECT current_user::text AS role, (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) AS "isSuper",
       coalesce((SELECT bool_or(pg_has_role(current_user, c.relowner, 'MEMBER') OR pg_has_role(current_user, n.nspowner, 'MEMBER'))
         FROM pg_namespace n LEFT JOIN pg_class c ON c.relnamespace = n.oid WHERE n.nspname = $1), false) AS owns`,
    [SCHEMA[owner]],
  );
  if (row === undefined) return [];
  if (!row.isSuper && !row.owns) return [ok(`"${row.role}" owns nothing`)];
  const what = `"${row.role}" ${row.isSuper ? 'is a superuser' : 'owns the tables of its service'}, and could change what is logged`;
  const fix = `Name a role that owns nothing in ${owner.toUpperCase()}_DATABASE_URL, and the owner in ${owner.toUpperCase()}_MIGRATION_DATABASE_URL`;
  return [isOwnerAllowed ? warning(what, fix) : fault(what, fix)];
}

async function locks({ owner, url }: Place): Promise<Finding[]> {
  const blocked = await queryOnce<{ pids: number[]; count: number; seconds: number }>(
    url,
    `SELECT pg_blocking_pids(l.pid) AS pids, count(*)::int AS count, max(extract(epoch FROM clock_timestamp() - l.waitstart))::int AS seconds
     FROM pg_locks l WHERE NOT l.granted AND l.waitstart < clock_timestamp() - make_interval(secs => $1) GROUP BY 1`,
    [WAITING_S],
  );
  const idle = await queryOnce<{ pid: number; application: string; seconds: number }>(
    url,
    `SELECT pid, application_name AS application, extract(epoch FROM clock_timestamp() - state_change)::int AS seconds
     FROM pg_stat_activity WHERE state LIKE 'idle in transaction%' AND datname = current_database() AND state_change < clock_timestamp() - make_interval(secs => $1)`,
    [IDLE_S],
  );
  const found = [
    ...blocked.map(({ pids, count, seconds }) =>
      fault(
        `${count} ${count === 1 ? 'statement waits' : 'statements wait'} since ${seconds} s for a lock that process ${pids.join(', ')} holds`,
        `See what it does in pg_stat_activity, and end it by pg_terminate_backend(${pids[0]})`,
      ),
    ),
    ...idle.map(({ pid, application, seconds }) =>
      warning(
        `process ${pid} ("${application}") is idle in a transaction since ${seconds} s`,
        `End it by pg_terminate_backend(${pid}) if it is no backup`,
      ),
    ),
  ];
  return found.length > 0 ? found : [ok(`nothing of ${owner} waits for a lock`)];
}
