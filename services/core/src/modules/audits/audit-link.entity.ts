import { Check, Column, Entity, PrimaryColumn, Unique } from 'typeorm';
import { bigintColumn } from '../../database/bigint-column.js';
import type { NewAuditEvent } from './audit-event.entity.js';

/** The place of an event in the chain. Rows are only inserted; a trigger refuses UPDATE and DELETE. */
@Entity('audit_link')
@Unique('audit_link_event_id_uq', ['eventId'])
export class AuditLinkEntity {
  /** From 1, no holes. */
  @PrimaryColumn('bigint', { primaryKeyConstraintName: 'audit_link_seq_pk', transformer: bigintColumn }) seq!: bigint;
  @Column('uuid') eventId!: string;
  /** Hash of the event before. */
  @Column('bytea') prevHash!: Buffer;
  @Column('bytea') hash!: Buffer;
}

/** An event with its place in the chain. */
export type LinkedEvent = NewAuditEvent & Omit<AuditLinkEntity, 'eventId'>;

/** The head of the chain: one row, locked by the process that links. */
@Entity('audit_head')
@Check('audit_head_id_ck', `id = 1`)
export class AuditHeadEntity {
  @PrimaryColumn('integer', { primaryKeyConstraintName: 'audit_head_id_pk' }) id!: number;
  @Column('bigint', { transformer: bigintColumn }) seq!: bigint;
  @Column('bytea') hash!: Buffer;
  /** Every event up to this position is linked, or was rolled back. */
  @Column('bigint', { transformer: bigintColumn }) linkedPosition!: bigint;
  /** The next `linkedPosition`, once every transaction with a number below `nextXid` has ended. */
  @Column('bigint', { transformer: bigintColumn }) nextPosition!: bigint;
  @Column('bigint', { transformer: bigintColumn }) nextXid!: bigint;
}
