import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A password has a generation, which a sign-in keeps. A trigger raises it, so that no way to change a password can leave it out, a replica of the
 * version before among them. Sessions that are open already keep neither key nor generation: they end as they did before.
 */
const CREDENTIALS = `
ALTER TABLE core."user" ADD COLUMN password_generation integer NOT NULL DEFAULT 0;
CREATE FUNCTION core.raise_password_generation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.password_generation := OLD.password_generation + 1;
  RETURN NEW;
END $$;
CREATE TRIGGER user_password_generation BEFORE UPDATE ON core."user" FOR EACH ROW
  WHEN (OLD.password_hash IS DISTINCT FROM NEW.password_hash OR (NEW.must_change_password AND NOT OLD.must_change_password))
  EXECUTE FUNCTION core.raise_password_generation();

ALTER TABLE core.session ADD COLUMN sign_in_key_id uuid, ADD COLUMN sign_in_password_generation integer;
ALTER TABLE core.session DROP CONSTRAINT session_end_reason_ck;
ALTER TABLE core.session ADD CONSTRAINT session_end_reason_ck CHECK (end_reason IN ('finished', 'terminated', 'idle', 'max_duration', 'unrecordable', 'dial_failed', 'host_key_changed', 'drained', 'lost', 'revoked', 'sign_in_revoked'));
`;

export class EndSignInsWithTheirCredential1796210000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(CREDENTIALS);
  }

  down(): Promise<void> {
    return Promise.reject(new Error('migrations go up only'));
  }
}
