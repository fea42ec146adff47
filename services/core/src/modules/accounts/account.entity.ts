import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';

export type SecretType = 'password' | 'ssh_key';
export type Connectivity = 'unknown' | 'ok' | 'failed';

/** An account of an asset. */
@Entity('account')
@Unique('account_asset_id_username_uq', ['assetId', 'username'])
@Check('account_secret_type_ck', `secret_type IN ('password', 'ssh_key')`)
@Check('account_connectivity_ck', `connectivity IN ('unknown', 'ok', 'failed')`)
@Index('account_org_id_username_ix', ['orgId', 'username'])
export class AccountEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'account_id_pk' }) id!: string;
  @ForeignKey('OrgEntity', { name: 'account_org_id_fk' })
  @Column('uuid')
  orgId!: string;
  @ForeignKey('AssetEntity', { name: 'account_asset_id_fk', onDelete: 'CASCADE' })
  @Column('uuid')
  assetId!: string;
  @Column('text') name!: string;
  /** Login name on the asset. */
  @Column('text') username!: string;
  @Column('text') secretType!: SecretType;
  /** Sealed with the account's id as associated data: a password, or a private key as unencrypted OpenSSH or PEM text. */
  @Column('text') sealedSecret!: string;
  @Column('boolean', { default: true }) isActive!: boolean;
  @Column('text', { default: 'unknown' }) connectivity!: Connectivity;
  @Column('timestamptz', { nullable: true }) connectivityCheckedAt!: Date | null;
  @Column('text', { nullable: true }) connectivityError!: string | null;
  @Column('text', { default: '' }) comment!: string;
  @Column('text', { default: '' }) createdBy!: string;
  @Column('timestamptz', { default: () => 'now()' }) dateSecretChanged!: Date;
  @Column('timestamptz', { default: () => 'now()' }) dateCreated!: Date;
  @Column('timestamptz', { default: () => 'now()' }) dateUpdated!: Date;
}

/** An account with the name and address of its asset. */
export type AccountOnAsset = AccountEntity & { readonly asset: { readonly id: string; readonly name: string; readonly address: string } };
