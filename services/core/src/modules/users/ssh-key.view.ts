import type { SshKeyView } from '@sallyport/contracts';
import type { UserSshKeyEntity } from './user-ssh-key.entity.js';

type Shown = 'id' | 'name' | 'algorithm' | 'blob' | 'fingerprint' | 'comment' | 'isActive' | 'dateCreated' | 'dateLastUsed';
type Hidden = 'userId';
type _EveryColumnDecided = AssertNever<Exclude<keyof UserSshKeyEntity, Shown | Hidden>>;
type AssertNever<T extends never> = T;

export const toSshKeyView = (key: UserSshKeyEntity): SshKeyView => ({
  id: key.id,
  name: key.name,
  algorithm: key.algorithm,
  public_key: [key.algorithm, key.blob.toString('base64'), key.comment].filter(Boolean).join(' '),
  fingerprint: key.fingerprint,
  comment: key.comment,
  is_active: key.isActive,
  date_created: key.dateCreated.toISOString(),
  date_last_used: key.dateLastUsed?.toISOString() ?? null,
});
