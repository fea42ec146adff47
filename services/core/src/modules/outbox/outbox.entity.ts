import { Column, Entity, Index, PrimaryColumn, Unique } from 'typeorm';
import { bigintColumn } from '../../database/bigint-column.js';

/** A fact to be published after the transaction that made it true. */
@Entity('outbox')
@Unique('outbox_position_uq', ['position'])
@Index('outbox_unpublished_ix', ['position'], { where: 'date_published IS NULL' })
@Index('outbox_date_published_ix', ['datePublished'], { where: 'date_published IS NOT NULL' })
export class OutboxEntity {
  /** Event id: the Nats-Msg-Id. */
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'outbox_id_pk' }) id!: string;
  /** Order of writing, given by the database. */
  @Column({ type: 'bigint', generated: 'identity', insert: false, update: false, transformer: bigintColumn })
  position!: bigint;
  @Column('text') subject!: string;
  /** Protobuf. */
  @Column('bytea') payload!: Buffer;
  /** Trace and request id headers. */
  @Column('jsonb', { default: {} }) headers!: Record<string, string>;
  @Column('integer', { default: 0 }) attempts!: number;
  @Column('text', { nullable: true }) lastError!: string | null;
  @Column('timestamptz', { default: () => 'now()' }) dateCreated!: Date;
  @Column('timestamptz', { nullable: true }) datePublished!: Date | null;
}
