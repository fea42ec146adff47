import type { HostKeyView } from '@sallyport/contracts';
import type { AssertNever } from '../../resource/index.js';
import type { HostKeyEntity } from './host-key.entity.js';

type Shown = 'id' | 'algorithm' | 'fingerprint' | 'blob' | 'pinnedBySessionId' | 'dateCreated';
/** The path shows it. */
type Hidden = 'assetId' | 'orgId';
export type EveryColumnDecided = AssertNever<Exclude<keyof HostKeyEntity, Shown | Hidden>>;

/** Returns a host key as REST shows it. */
export const toHostKeyView = (key: HostKeyEntity): HostKeyView => ({
  id: key.id,
  algorithm: key.algorithm,
  fingerprint: key.fingerprint,
  public_key: key.blob.length === 0 ? null : `${key.algorithm} ${key.blob.toString('base64')}`,
  pinned_by_session: key.pinnedBySessionId,
  date_created: key.dateCreated.toISOString(),
});
