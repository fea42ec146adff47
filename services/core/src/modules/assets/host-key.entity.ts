import { DEFAULT_ORG_ID } from '../orgs/index.js';
import { Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';

/** A public key pinned for an asset. */
@Entity('host_key')
@Unique('host_key_asset_id_fingerprint_uq', ['assetId', 'fingerprint'])
@Index('host_key_org_id_ix', ['orgId'])
export class HostKeyEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'host_key_id_pk' }) id!: string;
  /** The default is for replicas of the version before, during a rolling update. */
  @ForeignKey('OrgEntity', { name: 'host_key_org_id_fk' })
  @Column('uuid', { default: DEFAULT_ORG_ID })
  orgId!: string;
  @ForeignKey('AssetEntity', { name: 'host_key_asset_id_fk', onDelete: 'CASCADE' })
  @Column('uuid')
  assetId!: string;
  /** Key type, e.g. "ssh-ed25519"; may be empty while the blob is. */
  @Column('text') algorithm!: string;
  /** Public key blob, RFC 4253 §6.6; empty until the asset has presented a key that was given by its fingerprint. */
  @Column('bytea') blob!: Buffer;
  /** "SHA256:…" as OpenSSH prints it. */
  @Column('text') fingerprint!: string;
  /** Session that saw it first; null if an admin approved it or a connectivity test saw it first. */
  @Column('uuid', { nullable: true }) pinnedBySessionId!: string | null;
  @Column('timestamptz', { default: () => 'now()' }) dateCreated!: Date;
}
