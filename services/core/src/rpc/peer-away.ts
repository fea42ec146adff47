import { RemoteError } from '@sallyport/errors';

/** Codes of libs/rpc for what a peer did not say itself. */
const AWAY = new Set(['PEER_UNAVAILABLE', 'PEER_TOO_SLOW', 'PEER_CALL_CANCELLED', 'PEER_FAILED']);

/** Returns true if a peer could not be reached or broke off. An error that the peer itself reports is passed on instead. */
export const isPeerAway = (error: unknown): boolean => error instanceof RemoteError && error.kind === 'unavailable' && AWAY.has(error.code);
