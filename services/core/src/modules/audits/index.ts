export type { AuditActor, AuditedNoun, AuditEvent, AuditFacts } from './audit-event.js';
export { insertEventSql } from './audit-event.sql.js';
export { AuditLog } from './audit-log.js';
export { AuditAnchorsModule } from './anchors/audit-anchors.module.js';
export { AuditsModule } from './audits.module.js';
export { SealSessionList } from './anchors/seal-session-list.js';
