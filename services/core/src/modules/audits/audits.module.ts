import { Global, Module } from '@nestjs/common';
import { AuditEventController } from './audit-event.controller.js';
import { AuditEventRepository } from './audit-event.repository.js';
import { AuditLog } from './audit-log.js';
import { ListAuditEventsRepository } from './list-audit-events.repository.js';
import { VerifyChain } from './verify-chain.service.js';

/** Global: every module that changes something keeps a trace of it. */
@Global()
@Module({
  controllers: [AuditEventController],
  providers: [AuditEventRepository, ListAuditEventsRepository, AuditLog, VerifyChain],
  exports: [AuditLog],
})
export class AuditsModule {}
