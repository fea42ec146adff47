import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

export type TaskState = 'queued' | 'running' | 'succeeded' | 'failed';

/** A piece of work that a worker does on an asset. */
@Entity('task')
@Check('task_kind_ck', `kind IN ('connectivity-test')`)
@Check('task_state_ck', `state IN ('queued', 'running', 'succeeded', 'failed')`)
@Check('task_outcome_ck', `outcome IN ('ok', 'unreachable', 'auth_failed', 'host_key_changed', 'host_key_unknown')`)
@Index('task_org_id_date_created_ix', ['orgId', 'dateCreated'])
@Index('task_account_id_ix', ['accountId'])
export class TaskEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'task_id_pk' }) id!: string;
  @ForeignKey('OrgEntity', { name: 'task_org_id_fk' })
  @Column('uuid')
  orgId!: string;
  @Column('text') kind!: 'connectivity-test';
  @Column('text', { default: 'queued' }) state!: TaskState;
  /** Null once the account is deleted. */
  @ForeignKey('AccountEntity', { name: 'task_account_id_fk', onDelete: 'SET NULL' })
  @Column('uuid', { nullable: true })
  accountId!: string | null;
  @Column('text', { nullable: true }) workerId!: string | null;
  @Column('text', { nullable: true }) outcome!: 'ok' | 'unreachable' | 'auth_failed' | 'host_key_changed' | 'host_key_unknown' | null;
  @Column('text', { default: '' }) detail!: string;
  /** "SHA256:…" of the host key that the asset proved. */
  @Column('text', { nullable: true }) hostKeyFingerprint!: string | null;
  @Column('integer', { nullable: true }) durationMs!: number | null;
  @Column('text', { default: '' }) createdBy!: string;
  @Column('timestamptz', { default: () => 'now()' }) dateCreated!: Date;
  @Column('timestamptz', { nullable: true }) dateStarted!: Date | null;
  @Column('timestamptz', { nullable: true }) dateFinished!: Date | null;
}
