import { Column, Entity, PrimaryColumn, Unique } from 'typeorm';

/** An organization: the border that assets, permissions and sessions do not cross. */
@Entity('org')
@Unique('org_name_uq', ['name'])
export class OrgEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'org_id_pk' }) id!: string;
  @Column('text') name!: string;
  @Column('text', { default: '' }) comment!: string;
  @Column('timestamptz', { default: () => 'now()' }) dateCreated!: Date;
}
