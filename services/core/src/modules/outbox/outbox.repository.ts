import { Injectable } from '@nestjs/common';
import type { Ctx } from '@sallyport/context';
import { DataSource, type EntityManager, type QueryRunner } from 'typeorm';
import { Database } from '../../database/index.js';
import { OutboxEntity } from './outbox.entity.js';
import { insertFactSql } from './outbox.sql.js';

/** A fact that waits to be published. */
export interface WaitingEvent {
  readonly id: string;
  readonly subject: string;
  readonly payload: Buffer;
  /** Id of the thing it is about; facts about one thing are published in the order they were kept. */
  readonly aggregate: string;
}

/** Number of waiting facts, and the time of the oldest. */
export interface Backlog {
  readonly count: number;
  readonly oldest: Date | undefined;
}

const AGGREGATE = 'Sallyport-Aggregate';
/** Key of the advisory lock of the relaying replica; unique within this schema. */
const RELAY_LOCK = 7_160_242;

const ADD = insertFactSql('$1');

const WAITING = `
  SELECT id, subject, payload, coalesce(headers ->> '${AGGREGATE}', id::text) AS aggregate
  FROM core.outbox WHERE date_published IS NULL ORDER BY position LIMIT $1`;

const MARK_PUBLISHED = 'UPDATE core.outbox SET date_published = $1, last_error = NULL WHERE id = ANY ($2::uuid[])';

/** Returns a fact as the parameter of `insertFactSql`. */
export const factJson = ({ id, subject, payload, aggregate }: WaitingEvent): string =>
  JSON.stringify({ id, subject, payload: `\\x${payload.toString('hex')}`, headers: { [AGGREGATE]: aggregate } });

@Injectable()
export class OutboxRepository {
  constructor(
    private readonly database: Database,
    private readonly dataSource: DataSource,
  ) {}

  /** Inserts a fact (see `factJson`). */
  async add(ctx: Ctx, fact: string): Promise<void> {
    await this.database.prepared(ctx, 'outbox-add', ADD, [fact]);
  }

  /**
   * Returns the right to relay, which one connection of all replicas holds at a time; undefined if another one holds it.
   * It ends with the connection: a relay reads and writes the table on this connection alone.
   */
  async openLane(): Promise<OutboxLane | undefined> {
    const runner = this.dataSource.createQueryRunner();
    try {
      const [row] = (await runner.query('SELECT pg_try_advisory_lock($1) AS mine', [RELAY_LOCK])) as { mine: boolean }[];
      if (row?.mine) return new OutboxLane(runner);
    } catch (error) {
      await runner.release();
      throw error;
    }
    await runner.release();
    return undefined;
  }
}

/** The table as the one relay sees it. */
export class OutboxLane {
  constructor(private readonly runner: QueryRunner) {}

  /** Returns the facts that wait longest, in the order of their insertion. */
  async waiting(limit: number): Promise<WaitingEvent[]> {
    return (await this.runner.query(WAITING, [limit])) as WaitingEvent[];
  }

  async markPublished(ids: readonly string[], at: Date): Promise<void> {
    await this.runner.query(MARK_PUBLISHED, [at, [...ids]]);
  }

  async markFailed(id: string, error: string): Promise<void> {
    const update = this.runner.manager
      .createQueryBuilder()
      .update(OutboxEntity)
      .set({ attempts: () => 'attempts + 1', lastError: error });
    await update.where('id = :id', { id }).execute();
  }

  async backlog(): Promise<Backlog> {
    const row = await unpublished(this.runner.manager)
      .select('count(*)::int', 'count')
      .addSelect('min(event.date_created)', 'oldest')
      .getRawOne<{ count: number; oldest: Date | null }>();
    return { count: row?.count ?? 0, oldest: row?.oldest ?? undefined };
  }

  /** Forgets what was published before a time; the streams keep their own history. */
  async prune(before: Date): Promise<void> {
    await this.runner.manager.createQueryBuilder().delete().from(OutboxEntity).where('date_published < :before', { before }).execute();
  }

  async close(): Promise<void> {
    try {
      await this.runner.query('SELECT pg_advisory_unlock($1)', [RELAY_LOCK]);
    } finally {
      await this.runner.release();
    }
  }
}

const unpublished = (manager: EntityManager) => manager.createQueryBuilder(OutboxEntity, 'event').where('event.date_published IS NULL');
