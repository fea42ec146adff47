export { AssetDialer } from './asset-dialer.js';
export { CloseReporter } from './close-reporter.js';
export { drainSessions } from './drain-sessions.js';
export { LeaseRenewal } from './lease-renewal.js';
export { finished, orderedByCore } from './session-end.js';
export { SessionKeeper } from './session-keeper.js';
export { SessionOpener, type Opening } from './session-opener.js';
export { SessionRegistry } from './session-registry.js';
export { Session, type SessionClient, type SessionParticipant } from './session.js';
