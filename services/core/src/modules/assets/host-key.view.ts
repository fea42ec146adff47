import type { HostKeyView } from '@sallyport/contracts';
import type { HostKeyEntity } from './host-key.entity.js';

type Shown = 'id' | 'algorithm' | 'fingerprint' | 'blob' | 'pinnedBySessionId' | 'dateCreated';
/** The path says it. */
type Hidden = 'assetId';
type _EveryColumnDecided = AssertNever<Exclude<keyof HostKeyEntity, Shown | Hidden>>;
type AssertNever<T extends never> = T;

export const toHostKeyView = (key: HostKeyEntity): HostKeyView => ({
  id: key.id,
  algorithm: key.algorithm,
  fingerprint: key.fingerprint,
  public_key: `${key.algorithm} ${key.blob.toString('base64')}`,
  pinned_by_session: key.pinnedBySessionId,
  date_created: key.dateCreated.toISOString(),
});
