import type { SshKeyView } from '@sallyport/contracts';
import type { AssertNever } from '../../resource/index.js';
import type { UserSshKeyEntity } from './user-ssh-key.entity.js';

type Shown = 'id' | 'name' | 'algorithm' | 'blob' | 'fingerprint' | 'comment' | 'isActive' | 'dateCreated' | 'dateLastUsed';
type Hidden = 'userId' | 'isShared';
export type EveryColumnDecided = AssertNever<Exclude<keyof UserSshKeyEntity, Shown | Hidden>>;

/** Returns a public key as REST shows it. `isShared` says if another user has it too: the column is about the past. */
export const toSshKeyView = (key: UserSshKeyEntity, isShared: boolean): SshKeyView => ({
  id: key.id,
  name: key.name,
  algorithm: key.algorithm,
  public_key: [key.algorithm, key.blob.toString('base64'), key.comment].filter(Boolean).join(' '),
  fingerprint: key.fingerprint,
  comment: key.comment,
  is_active: key.isActive,
  is_shared: isShared,
  date_created: key.dateCreated.toISOString(),
  date_last_used: key.dateLastUsed?.toISOString() ?? null,
});
