import { Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';

/** A public key that its user may sign in with. */
@Entity('user_ssh_key')
@Unique('user_ssh_key_user_id_fingerprint_uq', ['userId', 'fingerprint'])
@Index('user_ssh_key_fingerprint_ix', ['fingerprint'])
@Index('user_ssh_key_fingerprint_uq', ['fingerprint'], { unique: true, where: 'NOT is_shared' })
export class UserSshKeyEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'user_ssh_key_id_pk' }) id!: string;
  @ForeignKey('UserEntity', { name: 'user_ssh_key_user_id_fk', onDelete: 'CASCADE' })
  @Column('uuid')
  userId!: string;
  @Column('text') name!: string;
  /** Key type, e.g. "ssh-ed25519". */
  @Column('text') algorithm!: string;
  /** Public key blob, RFC 4253 §6.6. */
  @Column('bytea') blob!: Buffer;
  /** "SHA256:…" as OpenSSH prints it. */
  @Column('text') fingerprint!: string;
  @Column('text', { default: '' }) comment!: string;
  @Column('boolean', { default: true }) isActive!: boolean;
  /** Several users had the key before one alone could have it. It may be removed, and added to no further user. */
  @Column('boolean', { default: false }) isShared!: boolean;
  @Column('timestamptz', { default: () => 'now()' }) dateCreated!: Date;
  @Column('timestamptz', { nullable: true }) dateLastUsed!: Date | null;
}
