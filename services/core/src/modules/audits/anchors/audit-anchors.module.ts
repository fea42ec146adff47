import { Module } from '@nestjs/common';
import { AuditAnchorServiceService } from '@sallyport/proto-gen/recording/v1/audit_anchor';
import { CONFIG, runsJob } from '../../../platform/index.js';
import { PeerClients } from '../../../rpc/index.js';
import { AuditEventController } from '../audit-event.controller.js';
import { ListAuditEventsRepository } from '../list-audit-events.repository.js';
import { AnchorChain } from './anchor-chain.js';
import { ANCHOR_SETTINGS, anchorSettings } from './anchor-settings.js';
import { AuditAnchorRepository } from './audit-anchor.repository.js';
import { ExportChain } from './export-chain.service.js';
import { SealSessionList } from './seal-session-list.js';
import { ANCHOR_RECORDER, StoredAnchors } from './stored-anchors.js';
import { VerifyChain } from './verify-chain.service.js';

/** Anchors the audit chain outside the database, and proves it from its anchors. */
@Module({
  controllers: [AuditEventController],
  providers: [
    { provide: ANCHOR_SETTINGS, inject: [CONFIG], useFactory: anchorSettings },
    {
      provide: ANCHOR_RECORDER,
      inject: [CONFIG, PeerClients],
      useFactory: (config: { CORE_RECORDER_ADDRESS: string }, peers: PeerClients) =>
        peers.connect(AuditAnchorServiceService, config.CORE_RECORDER_ADDRESS, 'recorder'),
    },
    ListAuditEventsRepository,
    AuditAnchorRepository,
    StoredAnchors,
    AnchorChain,
    runsJob(AnchorChain),
    VerifyChain,
    ExportChain,
    SealSessionList,
  ],
  exports: [SealSessionList],
})
export class AuditAnchorsModule {}
