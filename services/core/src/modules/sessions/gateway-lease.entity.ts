import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The lease of a gateway process, which holds for all sessions that it lists. */
@Entity('gateway_lease')
export class GatewayLeaseEntity {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'gateway_lease_gateway_id_pk' }) gatewayId!: string;
  @Column('timestamptz') dateExpires!: Date;
  /** Count of access changes at the last check of all its sessions in which none had to end; null before. */
  @Column('bigint', { nullable: true }) checkedGeneration!: string | null;
  /** The time of that check. */
  @Column('timestamptz', { nullable: true }) dateChecked!: Date | null;
}
