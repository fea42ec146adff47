import { Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';

/** A bearer token, known by its SHA-256 alone. */
@Entity('api_token')
@Unique('api_token_token_hash_uq', ['tokenHash'])
@Index('api_token_user_id_ix', ['userId'])
@Index('api_token_date_expired_ix', ['dateExpired'])
export class ApiTokenEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'api_token_id_pk' }) id!: string;
  @ForeignKey('UserEntity', { name: 'api_token_user_id_fk', onDelete: 'CASCADE' })
  @Column('uuid')
  userId!: string;
  @Column('bytea') tokenHash!: Buffer;
  @Column('text') sourceIp!: string;
  @Column('timestamptz', { default: () => 'now()' }) dateCreated!: Date;
  @Column('timestamptz') dateExpired!: Date;
}
