import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';
import { ACTIONS, type Action } from './action.js';

/** A permission: its users may do its actions with its accounts on its assets, from one date to another. */
@Entity('asset_permission')
@Unique('asset_permission_org_id_name_uq', ['orgId', 'name'])
@Index('asset_permission_date_expired_ix', ['dateExpired'], { where: 'date_expired IS NOT NULL' })
@Check('asset_permission_date_expired_ck', `date_expired > date_start`)
@Check('asset_permission_actions_ck', `cardinality(actions) > 0 AND actions <@ ARRAY[${ACTIONS.map((action) => `'${action}'`).join(', ')}]`)
export class AssetPermissionEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'asset_permission_id_pk' }) id!: string;
  @ForeignKey('OrgEntity', { name: 'asset_permission_org_id_fk' })
  @Column('uuid')
  orgId!: string;
  @Column('text') name!: string;
  /** Login names on the assets, or "@all". */
  @Column('text', { array: true }) accounts!: string[];
  @Column('text', { array: true, default: [...ACTIONS] }) actions!: Action[];
  @Column('timestamptz') dateStart!: Date;
  /** Null: without end. */
  @Column('timestamptz', { nullable: true }) dateExpired!: Date | null;
  @Column('boolean', { default: true }) isActive!: boolean;
  @Column('text', { default: '' }) comment!: string;
  @Column('text', { default: '' }) createdBy!: string;
  @Column('timestamptz', { default: () => 'now()' }) dateCreated!: Date;
  @Column('timestamptz', { default: () => 'now()' }) dateUpdated!: Date;
}

@Entity('asset_permission_user')
@Index('asset_permission_user_user_id_ix', ['userId'])
export class AssetPermissionUserEntity {
  @ForeignKey('AssetPermissionEntity', { name: 'asset_permission_user_permission_id_fk', onDelete: 'CASCADE' })
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'asset_permission_user_permission_id_user_id_pk' })
  permissionId!: string;
  @ForeignKey('UserEntity', { name: 'asset_permission_user_user_id_fk', onDelete: 'CASCADE' })
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'asset_permission_user_permission_id_user_id_pk' })
  userId!: string;
}

@Entity('asset_permission_asset')
@Index('asset_permission_asset_asset_id_ix', ['assetId'])
export class AssetPermissionAssetEntity {
  @ForeignKey('AssetPermissionEntity', { name: 'asset_permission_asset_permission_id_fk', onDelete: 'CASCADE' })
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'asset_permission_asset_permission_id_asset_id_pk' })
  permissionId!: string;
  @ForeignKey('AssetEntity', { name: 'asset_permission_asset_asset_id_fk', onDelete: 'CASCADE' })
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'asset_permission_asset_permission_id_asset_id_pk' })
  assetId!: string;
}

/** A permission with the ids of the users and assets that it names, and the accounts that none of these assets has. */
export type FullPermission = AssetPermissionEntity & {
  readonly users: readonly string[];
  readonly assets: readonly string[];
  readonly unmatchedAccounts: readonly string[];
};
