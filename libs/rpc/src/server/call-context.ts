import type { ServerSurfaceCall } from '@grpc/grpc-js/build/src/server-call.js';
import { AppError } from '@sallyport/errors';
import { uuidv7 } from '@sallyport/context';

/** What a handler knows about its call. */
export interface RpcCtx {
  /** Service name of the caller, from its verified certificate. */
  readonly peer: string;
  readonly requestId: string;
  /** Aborts when the caller goes away or the deadline passes. */
  readonly signal: AbortSignal;
  /** Absent for streams that live as long as their peers. */
  readonly deadline: Date | undefined;
}

/** A caller whose certificate is of another service than the method is for. */
export class PeerNotAllowed extends AppError {
  readonly code = 'PEER_NOT_ALLOWED';
  readonly kind = 'forbidden';
}

/** A call that could wait for ever. */
export class DeadlineMissing extends AppError {
  readonly code = 'DEADLINE_MISSING';
  readonly kind = 'invalid';
}

/** The context of a call; throws when its peer may not call or it has no deadline and needs one. */
export function callContext(call: ServerSurfaceCall, allow: readonly string[], needsDeadline: boolean): RpcCtx {
  const peer = commonName(call);
  if (!allow.includes(peer))
    throw new PeerNotAllowed(`"${peer}" may not call ${call.getPath()}: it is for ${allow.join(', ')}`, { peer, method: call.getPath() });
  const deadline = asDate(call.getDeadline());
  if (needsDeadline && !deadline) throw new DeadlineMissing(`${call.getPath()} needs a deadline`, { method: call.getPath() });
  const abort = new AbortController();
  call.on('cancelled', () => abort.abort(new Error('the caller went away')));
  return { peer, requestId: call.metadata.get('sallyport-request-id')[0]?.toString() ?? uuidv7(), signal: abort.signal, deadline };
}

function commonName(call: ServerSurfaceCall): string {
  const name = call.getAuthContext().sslPeerCertificate?.subject?.CN;
  return typeof name === 'string' ? name : '';
}

function asDate(deadline: Date | number): Date | undefined {
  const at = deadline instanceof Date ? deadline.getTime() : deadline;
  return Number.isFinite(at) ? new Date(at) : undefined;
}
