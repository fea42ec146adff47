import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The users and assets that a permission names, however it names them. Every query that decides about access joins these two views and no other
 * table for it. The readers count no duplicates, so UNION ALL is enough: the planner then pushes a condition into each branch.
 */
const VIEWS = `
-- Users of a permission. User groups are added here, and only here: UNION ALL SELECT … through the members of a group.
CREATE VIEW core.permission_user AS
  SELECT permission_id, user_id FROM core.asset_permission_user;

-- Assets of a permission. Nodes of the asset tree are added here, and only here: UNION ALL SELECT … through the assets below a node.
CREATE VIEW core.permission_asset AS
  SELECT permission_id, asset_id FROM core.asset_permission_asset;
`;

/** A permission that existed before allowed everything, so the default is all actions. */
const PERMITTED_ACTIONS = `
ALTER TABLE core.asset_permission
  ADD COLUMN actions text[] NOT NULL DEFAULT '{connect,upload,download,delete,copy,paste,share,forward}',
  ADD CONSTRAINT asset_permission_actions_ck
    CHECK (cardinality(actions) > 0 AND actions <@ ARRAY['connect', 'upload', 'download', 'delete', 'copy', 'paste', 'share', 'forward']);
`;

/** A session that was opened before keeps an empty object: nothing recorded its actions. */
const SESSION_ACTIONS = `
ALTER TABLE core.session ADD COLUMN actions jsonb NOT NULL DEFAULT '{}';
`;

export class DecidePerAction1795900000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const part of [VIEWS, PERMITTED_ACTIONS, SESSION_ACTIONS]) await runner.query(part);
  }

  down(): Promise<void> {
    return Promise.reject(new Error('migrations go up only'));
  }
}
