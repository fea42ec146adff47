import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Trigrams of what the list of assets is searched by. pg_trgm is the database's, not one schema's: it is made in `public`, where the indexer finds it too.
 * Where this role may neither make nor use it, a search reads every asset, as before; "CREATE EXTENSION pg_trgm SCHEMA public" by the database's
 * administrator, before this runs, is the cure.
 */
const TRIGRAMS = `
DO $do$
DECLARE
  place text;
BEGIN
  IF NOT EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm') THEN
    BEGIN
      CREATE EXTENSION pg_trgm SCHEMA public;
    EXCEPTION WHEN insufficient_privilege OR undefined_file OR feature_not_supported OR invalid_schema_name OR duplicate_object OR unique_violation THEN
      RAISE WARNING 'pg_trgm could not be made: %', SQLERRM;
    END;
  END IF;
  SELECT n.nspname INTO place FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'pg_trgm' AND has_schema_privilege(n.oid, 'USAGE');
  IF place IS NULL THEN
    RAISE WARNING 'assets are searched without an index: pg_trgm is not to be had in a schema that core may use';
  ELSE
    EXECUTE format('CREATE INDEX asset_search_ix ON core.asset USING gin (name %1$I.gin_trgm_ops, address %1$I.gin_trgm_ops, comment %1$I.gin_trgm_ops)', place);
  END IF;
END $do$;
`;

export class FindAssetsByParts1795700000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(TRIGRAMS);
  }

  down(): Promise<void> {
    return Promise.reject(new Error('migrations go up only'));
  }
}
