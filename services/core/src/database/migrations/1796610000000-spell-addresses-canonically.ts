import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Spells the IPv6 addresses of assets as canonicalAddress does. An address that PostgreSQL does not take for one stays as it is. */
const SPELL = `
DO $do$
DECLARE
  found record;
BEGIN
  FOR found IN SELECT id, address FROM core.asset WHERE address LIKE '%:%' LOOP
    BEGIN
      UPDATE core.asset
      SET address = regexp_replace(host(split_part(found.address, '%', 1)::inet), '^::ffff:(\\d+\\.)', '\\1') || coalesce(substring(found.address FROM '%.*$'), '')
      WHERE id = found.id;
    EXCEPTION WHEN invalid_text_representation THEN
      RAISE WARNING 'asset % has an address that is none: %', found.id, found.address;
    END;
  END LOOP;
END $do$;
`;

export class SpellAddressesCanonically1796610000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(SPELL);
  }

  down(): Promise<void> {
    return Promise.reject(new Error('migrations go up only'));
  }
}
