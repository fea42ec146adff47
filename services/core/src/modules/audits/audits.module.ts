import { Global, Module } from '@nestjs/common';
import { AuditEventRepository } from './audit-event.repository.js';
import { AuditLog } from './audit-log.js';
import { ChainMemory } from './chain-memory.js';

/** Global: every module that changes something keeps a trace of it. */
@Global()
@Module({
  providers: [AuditEventRepository, ChainMemory, AuditLog],
  exports: [AuditLog, AuditEventRepository, ChainMemory],
})
export class AuditsModule {}
