import { Check, Column, Entity, PrimaryColumn } from 'typeorm';
import { bigintColumn } from '../../../database/bigint-column.js';

/** The newest anchor of the audit chain: one row, locked by the replica that anchors. Number 0: there is none yet. */
@Entity('audit_anchor')
@Check('audit_anchor_id_ck', `id = 1`)
export class AuditAnchorEntity {
  @PrimaryColumn('integer', { primaryKeyConstraintName: 'audit_anchor_id_pk' }) id!: number;
  @Column('bigint', { transformer: bigintColumn }) number!: bigint;
  /** SHA-256 of its envelope, hex. */
  @Column('text') sha256!: string;
  @Column('bigint', { transformer: bigintColumn }) seq!: bigint;
  @Column('bytea') hash!: Buffer;
}
