import { escapeIdentifier, type ClientBase } from 'pg';

/**
 * Grants the role of the running indexer its rights: it adds and reads commands, and can neither change nor remove one. It runs with every
 * migration, and revokes what the role had before.
 */
export async function grantServiceRole(client: ClientBase, schema: string, role: string): Promise<void> {
  const to = escapeIdentifier(role);
  await client.query(
    `BEGIN;
     REVOKE ALL ON SCHEMA ${schema} FROM ${to};
     REVOKE ALL ON ALL TABLES IN SCHEMA ${schema} FROM ${to};
     GRANT USAGE ON SCHEMA ${schema} TO ${to};
     GRANT SELECT ON ${schema}.migration TO ${to};
     GRANT SELECT, INSERT ON ${schema}.command TO ${to};
     COMMIT`,
  );
}
