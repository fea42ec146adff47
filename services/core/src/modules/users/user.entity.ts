import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

export type UserRole = 'admin' | 'auditor' | 'user';

/** A person or a job that signs in. Names are unique whatever their case. */
@Entity('user')
@Check('user_role_ck', `role IN ('admin', 'auditor', 'user')`)
@Index('user_username_uq', { synchronize: false })
@Index('user_email_uq', { synchronize: false })
@Index('user_date_expired_ix', ['dateExpired'], { where: 'date_expired IS NOT NULL' })
export class UserEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'user_id_pk' }) id!: string;
  @Column('text') username!: string;
  @Column('text') name!: string;
  @Column('text', { nullable: true }) email!: string | null;
  @Column('text') role!: UserRole;
  /** argon2id in PHC form; null for a user that signs in with keys alone. */
  @Column('text', { nullable: true }) passwordHash!: string | null;
  /** Number of changes of the password and of orders to change it. A trigger raises it. */
  @Column('integer', { default: 0 }) passwordGeneration!: number;
  @Column('boolean', { default: false }) mustChangePassword!: boolean;
  @Column('boolean', { default: true }) isActive!: boolean;
  @Column('timestamptz', { nullable: true }) dateExpired!: Date | null;
  @Column('timestamptz', { nullable: true }) datePasswordChanged!: Date | null;
  @Column('timestamptz', { nullable: true }) dateLastLogin!: Date | null;
  @Column('text', { default: '' }) comment!: string;
  @Column('text', { default: '' }) createdBy!: string;
  @Column('timestamptz', { default: () => 'now()' }) dateCreated!: Date;
  @Column('timestamptz', { default: () => 'now()' }) dateUpdated!: Date;
}
