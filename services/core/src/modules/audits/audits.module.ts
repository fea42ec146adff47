import { Global, Module } from '@nestjs/common';
import { AuditEventRepository } from './audit-event.repository.js';
import { runsJob } from '../../platform/index.js';
import { AuditLinkRepository } from './audit-link.repository.js';
import { AuditLog } from './audit-log.js';
import { ChainMemory } from './chain-memory.js';
import { LinkChain } from './link-chain.service.js';

/** Global: every module that changes something keeps a trace of it. */
@Global()
@Module({
  providers: [AuditEventRepository, AuditLinkRepository, ChainMemory, LinkChain, runsJob(LinkChain), AuditLog],
  exports: [AuditLog, AuditEventRepository, AuditLinkRepository, ChainMemory, LinkChain],
})
export class AuditsModule {}
