import { Check, Column, Entity, PrimaryColumn } from 'typeorm';

/** The count of transactions that may have ended the right to a live session: one row. Triggers raise it when a transaction commits. */
@Entity('access_change')
@Check('access_change_id_ck', `id = 1`)
export class AccessChangeEntity {
  @PrimaryColumn('integer', { primaryKeyConstraintName: 'access_change_id_pk' }) id!: number;
  @Column('bigint') generation!: string;
  /** Number of the transaction that raised it last: each raises it once. */
  @Column('bigint') changedBy!: string;
}
