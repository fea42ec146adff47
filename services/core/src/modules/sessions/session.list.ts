import type { SessionListQuery } from '@sallyport/contracts';
import { atAddress, before, listPlan, nameOrId, since } from '../../resource/index.js';
import type { SessionEntity } from './session.entity.js';

export const sessionList = listPlan<SessionEntity, SessionListQuery>({
  alias: 'session',
  search: ['username', 'assetName', 'account', 'address', 'sourceIp'],
  filters: {
    state: 'state',
    user: nameOrId('session.username', 'session.userId'),
    asset: nameOrId('session.assetName', 'session.assetId'),
    account: 'account',
    remote_addr: atAddress('session.sourceIp'),
    date_from: since('session.dateStart'),
    date_to: before('session.dateStart'),
  },
  order: { date_start: 'dateStart', date_end: 'dateEnd', user: 'username', asset: 'assetName', account: 'account' },
});
