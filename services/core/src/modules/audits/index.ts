export type { AuditActor, AuditedNoun, AuditFacts } from './audit-event.js';
export { AuditLog } from './audit-log.js';
export { AuditAnchorsModule } from './anchors/audit-anchors.module.js';
export { AuditsModule } from './audits.module.js';
export { SealSessionList } from './anchors/seal-session-list.js';
