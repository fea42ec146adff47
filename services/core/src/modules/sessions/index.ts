export { CloseSession } from './close-session.service.js';
export { OpenedSessions } from './opened-sessions.service.js';
export { SessionLeases } from './session-leases.service.js';
export { SESSION_SETTINGS, type SessionSettings } from './session-settings.js';
export { sessionNotFound } from './session.errors.js';
export type { HeldSession, NewSession } from './session.repository.js';
export { endReasonFromPb, endReasonToPb } from './session.wire.js';
export { SessionsModule } from './sessions.module.js';
