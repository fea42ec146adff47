import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

export type LockSubject = 'pair' | 'source' | 'name' | 'known';

/**
 * Wrong proofs and the resulting lock: of one user name from one source, of one source, or of one name from all sources.
 * A row of the kind `known` has no failures: the name's user has signed in from the source.
 */
@Entity('sign_in_lock')
@Check('sign_in_lock_subject_kind_ck', `subject_kind IN ('pair', 'source', 'name', 'known')`)
@Index('sign_in_lock_date_updated_ix', ['dateUpdated'])
@Index('sign_in_lock_username_ix', ['username'])
export class SignInLockEntity {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'sign_in_lock_subject_kind_source_username_pk' }) subjectKind!: LockSubject;
  /** IPv4 address or /64 of an IPv6 one; empty for a name from everywhere. */
  @PrimaryColumn('text', { primaryKeyConstraintName: 'sign_in_lock_subject_kind_source_username_pk' }) source!: string;
  /** In lower case; empty for a source. */
  @PrimaryColumn('text', { primaryKeyConstraintName: 'sign_in_lock_subject_kind_source_username_pk' }) username!: string;
  /** Wrong proofs since dateFirstFailure. */
  @Column('integer') failures!: number;
  @Column('timestamptz') dateFirstFailure!: Date;
  /** Number of locks in a row; each one doubles the next. */
  @Column('integer', { default: 0 }) lockCount!: number;
  /** Of a name: when the next guesser's turn comes. */
  @Column('timestamptz', { nullable: true }) dateLockedUntil!: Date | null;
  @Column('timestamptz') dateUpdated!: Date;
}
