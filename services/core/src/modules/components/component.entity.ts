import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

export type ComponentKind = 'core' | 'gateway' | 'recorder' | 'indexer' | 'worker';

/** A process that said it is alive. */
@Entity('component')
@Check('component_kind_ck', `kind IN ('core', 'gateway', 'recorder', 'indexer', 'worker')`)
@Index('component_date_last_seen_ix', ['dateLastSeen'])
export class ComponentEntity {
  /** Unique per process start. */
  @PrimaryColumn('text', { primaryKeyConstraintName: 'component_id_pk' }) id!: string;
  @Column('text') kind!: ComponentKind;
  /** host:port it serves; empty when none. */
  @Column('text', { default: '' }) address!: string;
  @Column('integer', { default: 0 }) sessionCount!: number;
  @Column('timestamptz') dateFirstSeen!: Date;
  @Column('timestamptz') dateLastSeen!: Date;
}
