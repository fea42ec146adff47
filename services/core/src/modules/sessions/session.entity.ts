import type { PermissionAction } from '@sallyport/contracts';
import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { bigintColumn } from '../../database/bigint-column.js';

export type SessionState = 'active' | 'finished' | 'terminated' | 'failed' | 'lost';
export type SessionEndReason =
  | 'finished'
  | 'terminated'
  | 'idle'
  | 'max_duration'
  | 'unrecordable'
  | 'dial_failed'
  | 'host_key_changed'
  | 'drained'
  | 'lost'
  | 'revoked'
  | 'sign_in_revoked'
  | 'user_disabled'
  | 'user_expired'
  | 'user_deleted'
  | 'asset_disabled'
  | 'asset_deleted'
  | 'account_disabled'
  | 'account_deleted'
  | 'permission_removed'
  | 'permission_disabled'
  | 'permission_expired'
  | 'asset_unresponsive'
  | 'asset_lost'
  | 'client_lost';

/** Actions that were allowed when a session was opened, each with its end (RFC 3339; null: without end) and the id of its permission. */
export type SessionActions = Readonly<Partial<Record<PermissionAction, { readonly until: string | null; readonly permission: string }>>>;

/** One use of an asset. Users, assets, accounts and permissions may be deleted; their names stay here, so the row references none of them. */
@Entity('session')
@Check('session_state_ck', `state IN ('active', 'finished', 'terminated', 'failed', 'lost')`)
@Check(
  'session_end_reason_ck',
  `end_reason IN ('finished', 'terminated', 'idle', 'max_duration', 'unrecordable', 'dial_failed', 'host_key_changed', 'drained', 'lost', 'revoked', 'sign_in_revoked', 'user_disabled', 'user_expired', 'user_deleted', 'asset_disabled', 'asset_deleted', 'account_disabled', 'account_deleted', 'permission_removed', 'permission_disabled', 'permission_expired', 'asset_unresponsive', 'asset_lost', 'client_lost')`,
)
@Check('session_recording_mode_ck', `recording_mode IN ('strict', 'best_effort')`)
@Check('session_ended_ck', `(state = 'active') = (end_reason IS NULL) AND (state = 'active') = (date_end IS NULL)`)
@Index('session_org_id_date_start_ix', ['orgId', 'dateStart'])
@Index('session_org_id_lower_username_date_start_ix', { synchronize: false })
@Index('session_org_id_lower_asset_name_date_start_ix', { synchronize: false })
@Index('session_org_id_source_ip_date_start_ix', ['orgId', 'sourceIp', 'dateStart'])
@Index('session_user_id_ix', ['userId'])
@Index('session_asset_id_ix', ['assetId'])
@Index('session_gateway_id_id_ix', ['gatewayId', 'id'], { where: `state = 'active'` })
@Index('session_unlisted_ix', ['dateLeaseExpires'], { where: `state = 'active' AND NOT is_listed` })
export class SessionEntity {
  /** Chosen by the gateway, so that a second request is safe. */
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'session_id_pk' }) id!: string;
  @ForeignKey('OrgEntity', { name: 'session_org_id_fk' })
  @Column('uuid')
  orgId!: string;
  @Column('text', { default: 'active' }) state!: SessionState;
  @Column('text', { nullable: true }) endReason!: SessionEndReason | null;
  @Column('uuid') userId!: string;
  @Column('text') username!: string;
  @Column('uuid') assetId!: string;
  @Column('text') assetName!: string;
  @Column('text') address!: string;
  @Column('integer') port!: number;
  @Column('uuid') accountId!: string;
  /** Login name on the asset. */
  @Column('text') account!: string;
  /** The permission that allowed "connect". */
  @Column('uuid') permissionId!: string;
  /** Empty for a session that was opened before core kept them. */
  @Column('jsonb', { default: {} }) actions!: SessionActions;
  @Column('text', { default: 'ssh' }) protocol!: string;
  /** Key that the user signed in with; null for a password alone. */
  @Column('uuid', { nullable: true }) signInKeyId!: string | null;
  /** Generation of the password that the user signed in with; null for a key alone, or if core did not keep it yet. */
  @Column('integer', { nullable: true }) signInPasswordGeneration!: number | null;
  @Column('text') sourceIp!: string;
  @Column('text', { default: '' }) clientSoftware!: string;
  @Column('text') gatewayId!: string;
  @Column('text') recordingMode!: 'strict' | 'best_effort';
  @Column('timestamptz') dateStart!: Date;
  @Column('timestamptz', { nullable: true }) dateEnd!: Date | null;
  /** The time at which the permission or a limit ends it; null: without end. */
  @Column('timestamptz', { nullable: true }) dateExpires!: Date | null;
  /** The end of its own lease: of the first one, and of the last if its gateway does not list it any more. In between the lease of its gateway counts. */
  @Column('timestamptz') dateLeaseExpires!: Date;
  /** False once a list of its gateway lacked it. */
  @Column('boolean', { default: true }) isListed!: boolean;
  /** Last frame number of its recording, as the gateway reported it; of a running or lost session, the last that a recorder had stored. */
  @Column('bigint', { nullable: true, transformer: bigintColumn }) lastSeq!: bigint | null;
  /** Link of that frame in the hash chain over the frames, hex; null if it is not known. */
  @Column('text', { nullable: true }) recordingLink!: string | null;
  /** For the operator, e.g. the dial error. */
  @Column('text', { default: '' }) detail!: string;
  /** "SHA256:…" of the host key that the asset proved, or had to prove if the dial failed before. */
  @Column('text', { nullable: true }) hostKeyFingerprint!: string | null;
  @Column('timestamptz', { nullable: true }) dateTerminateAsked!: Date | null;
  @Column('text', { nullable: true }) terminateAskedBy!: string | null;
  @Column('text', { nullable: true }) terminateMessage!: string | null;
}
