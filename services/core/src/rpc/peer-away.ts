import { RemoteError } from '@sallyport/errors';

/** Codes of libs/rpc for what a peer did not say itself. */
const AWAY = new Set(['PEER_UNAVAILABLE', 'PEER_TOO_SLOW', 'PEER_CALL_CANCELLED', 'PEER_FAILED']);

/** Whether a peer could not be reached or broke off; what a peer says itself of its trouble is more to the point than our words. */
export const isPeerAway = (error: unknown): boolean => error instanceof RemoteError && error.kind === 'unavailable' && AWAY.has(error.code);
