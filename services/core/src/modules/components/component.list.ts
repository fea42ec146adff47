import type { ComponentListQuery } from '@sallyport/contracts';
import { listPlan } from '../../resource/index.js';
import type { ComponentEntity } from './component.entity.js';

export const componentList = listPlan<ComponentEntity, ComponentListQuery>({
  alias: 'component',
  search: ['id', 'address'],
  filters: { kind: 'kind' },
  order: { date_last_seen: 'dateLastSeen', id: 'id', kind: 'kind' },
});
