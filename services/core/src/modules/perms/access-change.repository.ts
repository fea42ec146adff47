import { Injectable } from '@nestjs/common';
import type { Ctx } from '@sallyport/context';
import { Database } from '../../database/index.js';

/** The count of changes, with what time alone changed since a check. */
export interface AccessState {
  readonly generation: string;
  /** A user or a permission expired. */
  readonly hasExpired: boolean;
}

const FIND = `
  SELECT c.generation,
         EXISTS (SELECT FROM core."user" u WHERE u.date_expired > $1 AND u.date_expired <= $2)
         OR EXISTS (SELECT FROM core.asset_permission p WHERE p.date_expired > $1 AND p.date_expired <= $2) AS "hasExpired"
  FROM core.access_change c WHERE c.id = 1`;

@Injectable()
export class AccessChangeRepository {
  constructor(private readonly database: Database) {}

  async find(ctx: Ctx, since: Date, now: Date): Promise<AccessState> {
    const [state] = await this.database.prepared<AccessState>(ctx, 'access-change', FIND, [since, now]);
    if (!state) throw new Error('core.access_change has no row');
    return state;
  }
}
