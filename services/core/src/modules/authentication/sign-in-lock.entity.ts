import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

export type LockSubject = 'user' | 'source';

/** Wrong proofs of one user name (known or not) or one source address, and the lock that came of them. */
@Entity('sign_in_lock')
@Check('sign_in_lock_subject_kind_ck', `subject_kind IN ('user', 'source')`)
@Index('sign_in_lock_date_updated_ix', ['dateUpdated'])
export class SignInLockEntity {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'sign_in_lock_subject_kind_subject_pk' }) subjectKind!: LockSubject;
  /** User name in lower case, or IP address. */
  @PrimaryColumn('text', { primaryKeyConstraintName: 'sign_in_lock_subject_kind_subject_pk' }) subject!: string;
  /** Wrong proofs since dateFirstFailure. */
  @Column('integer') failures!: number;
  @Column('timestamptz') dateFirstFailure!: Date;
  /** How often it was locked in a row; each time doubles the next. */
  @Column('integer', { default: 0 }) lockCount!: number;
  @Column('timestamptz', { nullable: true }) dateLockedUntil!: Date | null;
  @Column('timestamptz') dateUpdated!: Date;
}
