export { AccessGrant } from './access-grant.js';
export { AssetDialer } from './asset-dialer.js';
export { CloseReporter } from './close-reporter.js';
export { LeaseRenewal } from './lease-renewal.js';
export { drained, finished, orderedByCore, reasonText } from './session-end.js';
export { SessionOpener, type Opening } from './session-opener.js';
export { SessionRegistry } from './session-registry.js';
export { Session, type SessionParticipant } from './session.js';
