import type { HostKeyListQuery } from '@sallyport/contracts';
import { listPlan } from '../../resource/index.js';
import type { HostKeyEntity } from './host-key.entity.js';

export const hostKeyList = listPlan<HostKeyEntity, HostKeyListQuery>({
  alias: 'key',
  search: ['fingerprint', 'algorithm'],
  filters: {},
  order: { date_created: 'dateCreated', algorithm: 'algorithm' },
});
