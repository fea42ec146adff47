export type { AuditActor, AuditEvent, AuditResource, AuditType } from './audit-event.js';
export { AuditLog } from './audit-log.js';
export { AuditsModule } from './audits.module.js';
