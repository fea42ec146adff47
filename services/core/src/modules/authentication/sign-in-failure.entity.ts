import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** Failures of one kind within a window: the first one is in the audit log, the others are counted here until the window ends. */
@Entity('sign_in_failure')
@Index('sign_in_failure_source_ix', ['source'])
@Index('sign_in_failure_date_first_ix', ['dateFirst'])
export class SignInFailureEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'sign_in_failure_pk' }) orgId!: string;
  /** Type of the audit event. */
  @PrimaryColumn('text', { primaryKeyConstraintName: 'sign_in_failure_pk' }) type!: string;
  /** IPv4 address or /64 of an IPv6 one; empty for all sources that are not counted one by one. */
  @PrimaryColumn('text', { primaryKeyConstraintName: 'sign_in_failure_pk' }) source!: string;
  /** In lower case; empty, like the reason, for all names of the source that are not counted one by one. */
  @PrimaryColumn('text', { primaryKeyConstraintName: 'sign_in_failure_pk' }) username!: string;
  @PrimaryColumn('text', { primaryKeyConstraintName: 'sign_in_failure_pk' }) reason!: string;
  @Column('integer') attempts!: number;
  /** Facts of the last one. */
  @Column('jsonb') facts!: Readonly<Record<string, unknown>>;
  @Column('timestamptz') dateFirst!: Date;
  @Column('timestamptz') dateLast!: Date;
}
