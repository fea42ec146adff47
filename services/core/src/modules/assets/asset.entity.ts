import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';

/** A machine to be reached. */
@Entity('asset')
@Unique('asset_org_id_name_uq', ['orgId', 'name'])
@Check('asset_category_ck', `category IN ('host')`)
@Check('asset_port_ck', `port BETWEEN 1 AND 65535`)
@Index('asset_org_id_lower_name_ix', { synchronize: false })
@Index('asset_org_id_lower_address_ix', { synchronize: false })
@Index('asset_search_ix', { synchronize: false })
export class AssetEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'asset_id_pk' }) id!: string;
  @ForeignKey('OrgEntity', { name: 'asset_org_id_fk' })
  @Column('uuid')
  orgId!: string;
  @Column('text', { default: 'host' }) category!: 'host';
  @Column('text') name!: string;
  /** Host name, or IP address in its canonical spelling. */
  @Column('text') address!: string;
  @Column('integer') port!: number;
  @Column('boolean', { default: true }) isActive!: boolean;
  @Column('text', { default: '' }) comment!: string;
  @Column('text', { default: '' }) createdBy!: string;
  @Column('timestamptz', { default: () => 'now()' }) dateCreated!: Date;
  @Column('timestamptz', { default: () => 'now()' }) dateUpdated!: Date;
}
