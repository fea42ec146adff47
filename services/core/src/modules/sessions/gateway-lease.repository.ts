import { Injectable } from '@nestjs/common';
import type { Ctx } from '@sallyport/context';
import { Database } from '../../database/index.js';
import { GatewayLeaseEntity } from './gateway-lease.entity.js';

/** The lease as a renewal found it: the end that it had, and its last check. */
export interface FoundLease {
  readonly wasUntil: Date | null;
  readonly checkedGeneration: string | null;
  readonly dateChecked: Date | null;
}

/** A set of sessions, by its number and the SHA-256 over its ids. */
export interface SessionDigest {
  readonly count: number;
  readonly sha256: Buffer;
}

const RENEW = `
  WITH found AS (SELECT date_expires FROM core.gateway_lease WHERE gateway_id = $1)
  INSERT INTO core.gateway_lease AS lease (gateway_id, date_expires) VALUES ($1, $2)
  ON CONFLICT (gateway_id) DO UPDATE SET date_expires = excluded.date_expires
  RETURNING (SELECT date_expires FROM found) AS "wasUntil", lease.checked_generation AS "checkedGeneration", lease.date_checked AS "dateChecked"`;

const DIGEST = `
  SELECT count(*)::int AS count, sha256(coalesce(string_agg(uuid_send(id), ''::bytea ORDER BY id), ''::bytea)) AS sha256
  FROM core.session WHERE state = 'active' AND gateway_id = $1 AND is_listed`;

/** Notes which active sessions a list contains. A session that it lacks keeps what was left of the lease. Writes only rows that differ. */
const LIST = `
  UPDATE core.session
  SET is_listed = NOT is_listed,
      date_lease_expires = CASE WHEN is_listed THEN greatest(date_lease_expires, $3) ELSE date_lease_expires END
  WHERE state = 'active' AND gateway_id = $1 AND is_listed <> (id = ANY ($2::uuid[]))
  RETURNING id, is_listed AS "isListed"`;

const HELD = `SELECT id FROM core.session WHERE state = 'active' AND gateway_id = $1 AND id = ANY ($2::uuid[])`;

const LOCK = `
  SELECT gateway_id AS "gatewayId", date_expires AS "dateExpires" FROM core.gateway_lease WHERE gateway_id = ANY ($1) ORDER BY gateway_id FOR UPDATE`;

@Injectable()
export class GatewayLeaseRepository {
  constructor(private readonly database: Database) {}

  /** Renews the lease of a gateway: one row, however many sessions it holds. */
  async renew(ctx: Ctx, gatewayId: string, until: Date): Promise<FoundLease> {
    const [found] = await this.database.prepared<FoundLease>(ctx, 'gateway-lease-renew', RENEW, [gatewayId, until]);
    if (!found) throw new Error(`the lease of ${gatewayId} was not written`);
    return found;
  }

  /** Returns the digest of the active sessions that the gateway lists. */
  async digest(ctx: Ctx, gatewayId: string): Promise<SessionDigest> {
    const [digest] = await this.database.prepared<SessionDigest>(ctx, 'gateway-lease-digest', DIGEST, [gatewayId]);
    if (!digest) throw new Error('a digest has one row');
    return digest;
  }

  /** Notes the sessions that the gateway lists, and returns those among them that an earlier list lacked. */
  async list(ctx: Ctx, gatewayId: string, ids: readonly string[], wasUntil: Date | null): Promise<string[]> {
    type Rows = { id: string; isListed: boolean }[];
    const [changed] = await this.database.sql<[Rows, number]>(ctx, LIST, [gatewayId, [...ids], wasUntil]);
    return changed.filter(({ isListed }) => isListed).map(({ id }) => id);
  }

  /** Returns those of the sessions that are active at this gateway. One parameter however many ids there are. */
  async held(ctx: Ctx, gatewayId: string, ids: readonly string[]): Promise<{ id: string }[]> {
    return ids.length === 0 ? [] : this.database.sql(ctx, HELD, [gatewayId, [...ids]]);
  }

  async noteCheck(ctx: Ctx, gatewayId: string, check: { readonly generation: string; readonly at: Date }): Promise<void> {
    const columns = { checkedGeneration: check.generation, dateChecked: check.at };
    await this.database.global(ctx, GatewayLeaseEntity).update({ gatewayId }, columns);
  }

  /** Locks the leases of these gateways until the transaction ends, so that a late renewal waits. Returns the gateways whose lease runs at `now`. */
  async lockAndFindRunning(ctx: Ctx, gatewayIds: readonly string[], now: Date): Promise<Set<string>> {
    type Row = Pick<GatewayLeaseEntity, 'gatewayId' | 'dateExpires'>;
    const rows = await this.database.sql<Row[]>(ctx, LOCK, [[...gatewayIds]]);
    return new Set(rows.filter(({ dateExpires }) => dateExpires >= now).map(({ gatewayId }) => gatewayId));
  }

  /** Deletes leases that ended before a time. */
  async deleteEnded(ctx: Ctx, before: Date): Promise<void> {
    await this.database.sql(ctx, 'DELETE FROM core.gateway_lease WHERE date_expires < $1', [before]);
  }
}
