import { Global, Module } from '@nestjs/common';
import { AuditEventRepository } from './audit-event.repository.js';
import { AuditLog } from './audit-log.js';

/** Global: every module that changes something keeps a trace of it. */
@Global()
@Module({ providers: [AuditEventRepository, AuditLog], exports: [AuditLog] })
export class AuditsModule {}
