import { Check, Column, Entity, Index, PrimaryColumn, Unique } from 'typeorm';
import { bigintColumn } from '../../database/bigint-column.js';
import type { AuditFacts } from './audit-event.js';

export type AuditOutcome = 'success' | 'refused';
export type AuditActorKind = 'user' | 'service' | 'system';

/** An audit event. Rows are only inserted; a trigger refuses UPDATE and DELETE. Its place in the chain is an `AuditLinkEntity`. */
@Entity('audit_event')
@Unique('audit_event_position_uq', ['position'])
@Check('audit_event_outcome_ck', `outcome IN ('success', 'refused')`)
@Check('audit_event_actor_kind_ck', `actor_kind IN ('user', 'service', 'system')`)
@Index('audit_event_org_id_date_created_ix', ['orgId', 'dateCreated'])
@Index('audit_event_type_ix', ['type'])
@Index('audit_event_resource_id_ix', ['resourceId'])
@Index('audit_event_actor_id_ix', ['actorId'])
@Index('audit_event_lower_actor_name_ix', { synchronize: false })
export class AuditEventEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'audit_event_id_pk' }) id!: string;
  /** Order of writing, given by the database, with holes. See audit-link.repository.ts. */
  @Column({ type: 'bigint', insert: false, update: false, transformer: bigintColumn, default: () => 'next_audit_position()' })
  position!: bigint;
  @Column('uuid') orgId!: string;
  /** `noun.past-tense`, never renamed. */
  @Column('text') type!: string;
  @Column('text') outcome!: AuditOutcome;
  @Column('text') actorKind!: AuditActorKind;
  @Column('text', { nullable: true }) actorId!: string | null;
  @Column('text') actorName!: string;
  @Column('text', { nullable: true }) sourceIp!: string | null;
  @Column('text', { nullable: true }) resourceKind!: string | null;
  @Column('text', { nullable: true }) resourceId!: string | null;
  @Column('text', { nullable: true }) resourceName!: string | null;
  @Column('jsonb') facts!: AuditFacts;
  @Column('text') requestId!: string;
  @Column('timestamptz') dateCreated!: Date;
}

/** An event as it is written. */
export type NewAuditEvent = Omit<AuditEventEntity, 'position'>;
