import { AppError } from '@sallyport/errors';
import { escapeIdentifier } from 'pg';
import type { DataSource, QueryRunner } from 'typeorm';
import { SCHEMA } from './data-source.js';

/** Rights of core's service role on the tables that it must not change at will. On every other table it has EVERYDAY. */
const RIGHTS: Readonly<Record<string, string>> = {
  migration: 'SELECT',
  audit_event: 'SELECT, INSERT',
  audit_link: 'SELECT, INSERT',
  audit_head: 'SELECT, UPDATE',
  audit_anchor: 'SELECT, UPDATE',
};
const EVERYDAY = 'SELECT, INSERT, UPDATE, DELETE';

/** The role of CORE_DATABASE_URL can't be core's service role. */
class ServiceRoleUnfit extends AppError {
  readonly code = 'SERVICE_ROLE_UNFIT';
  readonly kind = 'invalid';
}

/** The running core would log in as a role that can change audit events. */
class AuditUnprotected extends AppError {
  readonly code = 'AUDIT_UNPROTECTED';
  readonly kind = 'invalid';
  constructor(role: string) {
    super(
      `CORE_DATABASE_URL logs in as "${role}", which can change and remove audit events: ` +
        'create a role that owns nothing, run "main.js migrate" with its URL in CORE_DATABASE_URL and the owner’s in ' +
        'CORE_MIGRATION_DATABASE_URL, and start core with the first alone (or set CORE_DATABASE_AS_OWNER=true)',
      { role },
    );
  }
}

/** Returns the role that a URL logs in as. Throws ServiceRoleUnfit for a URL without one. */
export function roleOf(url: string): string {
  const role = decodeURIComponent(new URL(url).username);
  if (role === '') throw new ServiceRoleUnfit('CORE_DATABASE_URL names no user: write postgres://USER:PASSWORD@HOST/DATABASE');
  return role;
}

/**
 * Grants the role of the running core its rights on every table and view of the schema, in one transaction, and revokes all others. It runs with every
 * migration, so a new table can't be forgotten. Throws ServiceRoleUnfit for a role that is missing or belongs to the schema's owner.
 */
export async function grantServiceRole(runner: QueryRunner, role: string): Promise<void> {
  await mustBeSeparate(runner, role);
  const tables = (await runner.query(
    `SELECT relname AS name, relkind IN ('v', 'm') AS "isView" FROM pg_class
     WHERE relnamespace = $1::regnamespace AND relkind IN ('r', 'p', 'v', 'm') ORDER BY relname`,
    [SCHEMA],
  )) as { name: string; isView: boolean }[];
  const to = escapeIdentifier(role);
  await runner.startTransaction();
  try {
    for (const each of [to, 'PUBLIC']) {
      await runner.query(`REVOKE ALL ON SCHEMA ${SCHEMA} FROM ${each}`);
      await runner.query(`REVOKE ALL ON ALL TABLES IN SCHEMA ${SCHEMA} FROM ${each}`);
      await runner.query(`REVOKE ALL ON ALL SEQUENCES IN SCHEMA ${SCHEMA} FROM ${each}`);
    }
    await runner.query(`GRANT USAGE ON SCHEMA ${SCHEMA} TO ${to}`);
    await runner.query(`GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA ${SCHEMA} TO ${to}`);
    for (const { name, isView } of tables) {
      const rights = isView ? 'SELECT' : (RIGHTS[name] ?? EVERYDAY);
      await runner.query(`GRANT ${rights} ON ${SCHEMA}.${escapeIdentifier(name)} TO ${to}`);
    }
    await runner.commitTransaction();
  } catch (error) {
    await runner.rollbackTransaction();
    throw error;
  }
}

async function mustBeSeparate(runner: QueryRunner, role: string): Promise<void> {
  const [found] = (await runner.query(
    `SELECT rolsuper OR pg_has_role(rolname, nspowner, 'MEMBER') AS owns FROM pg_roles, pg_namespace WHERE rolname = $1 AND nspname = $2`,
    [role, SCHEMA],
  )) as { owns: boolean }[];
  if (!found)
    throw new ServiceRoleUnfit(
      `The role "${role}" of CORE_DATABASE_URL does not exist: create it with LOGIN and a password, and nothing else`,
    );
  if (found.owns)
    throw new ServiceRoleUnfit(
      `The role "${role}" of CORE_DATABASE_URL owns the schema ${SCHEMA} or may act as its owner: use another role`,
    );
}

/** Throws AuditUnprotected if the connection's role could change or remove audit events. */
export async function refuseAuditOwner(dataSource: DataSource): Promise<void> {
  const [found] = (await dataSource.query(
    `SELECT current_user::text AS role,
       bool_or(pg_has_role(current_user, relowner, 'MEMBER') OR pg_has_role(current_user, nspowner, 'MEMBER')
         OR has_table_privilege(current_user, c.oid, 'UPDATE, DELETE, TRUNCATE, TRIGGER')) AS "mayChange"
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid IN ($1::regclass, $2::regclass)`,
    [`${SCHEMA}.audit_event`, `${SCHEMA}.audit_link`],
  )) as { role: string; mayChange: boolean }[];
  if (found?.mayChange) throw new AuditUnprotected(found.role);
}
