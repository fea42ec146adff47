import type { SshKeyListQuery } from '@sallyport/contracts';
import { listPlan } from '../../resource/index.js';
import type { UserSshKeyEntity } from './user-ssh-key.entity.js';

export const sshKeyList = listPlan<UserSshKeyEntity, SshKeyListQuery>({
  alias: 'key',
  search: ['name', 'comment', 'fingerprint'],
  filters: {},
  order: { name: 'name', date_created: 'dateCreated', date_last_used: 'dateLastUsed' },
});
