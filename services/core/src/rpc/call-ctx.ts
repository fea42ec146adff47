import type { Ctx } from '@sallyport/context';
import type { RpcCtx } from '@sallyport/rpc';

/** The context of a peer's call: the peer acts. */
export const callCtx = ({ peer, requestId, signal }: RpcCtx): Ctx => ({ requestId, signal, actor: { kind: 'service', name: peer } });
