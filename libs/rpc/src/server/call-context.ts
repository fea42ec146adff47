import type { ServerSurfaceCall } from '@grpc/grpc-js/build/src/server-call.js';
import { AppError } from '@sallyport/errors';
import { uuidv7 } from '@sallyport/context';

/** The call that a handler answers. */
export interface RpcCtx {
  /** Service name of the caller, from its verified certificate. */
  readonly peer: string;
  readonly requestId: string;
  /** Aborts if the caller disconnects or the deadline passes. */
  readonly signal: AbortSignal;
  /** Absent for streams that live as long as their peers. */
  readonly deadline: Date | undefined;
}

/** The caller's certificate is of a service that may not call this method. */
export class PeerNotAllowed extends AppError {
  readonly code = 'PEER_NOT_ALLOWED';
  readonly kind = 'forbidden';
}

/** The call lacks a deadline, so it could wait without end. */
export class DeadlineMissing extends AppError {
  readonly code = 'DEADLINE_MISSING';
  readonly kind = 'invalid';
}

/**
 * Returns the context of a call. Throws PeerNotAllowed if its peer may not call. Throws DeadlineMissing if it needs a deadline and lacks
 * one.
 */
export function callContext(call: ServerSurfaceCall, allow: readonly string[], needsDeadline: boolean): RpcCtx {
  const peer = commonName(call);
  if (!allow.includes(peer))
    throw new PeerNotAllowed(`"${peer}" may not call ${call.getPath()}: it is for ${allow.join(', ')}`, { peer, method: call.getPath() });
  const deadline = asDate(call.getDeadline());
  if (needsDeadline && !deadline) throw new DeadlineMissing(`${call.getPath()} needs a deadline`, { method: call.getPath() });
  const abort = new AbortController();
  call.on('cancelled', () => abort.abort(new Error('the caller disconnected')));
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
