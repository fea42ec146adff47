import type { OrgCtx } from '@sallyport/context';
import type { RpcCtx } from '@sallyport/rpc';
import { DEFAULT_ORG_ID } from '../modules/orgs/index.js';

/** Returns the context of a peer's call. Users have no memberships yet: a gateway's users act in the default organization. */
export const callCtx = ({ peer, requestId, signal }: RpcCtx): OrgCtx => ({
  orgId: DEFAULT_ORG_ID,
  requestId,
  signal,
  actor: { kind: 'service', name: peer },
});
