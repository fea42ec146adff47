import { Module } from '@nestjs/common';
import { PlaybackServiceService } from '@sallyport/proto-gen/recording/v1/playback';
import { CONFIG, runsJob } from '../../platform/index.js';
import { PeerClients } from '../../rpc/index.js';
import { AuditAnchorsModule } from '../audits/index.js';
import { AlteredRecordingConsumer } from './altered-recording.consumer.js';
import { CloseSession } from './close-session.service.js';
import { GatewayLeaseRepository } from './gateway-lease.repository.js';
import { LeaseReaper } from './lease-reaper.js';
import { ListSessionProofs } from './list-session-proofs.service.js';
import { NoteAlteredRecording } from './note-altered-recording.service.js';
import { SessionLifecycle } from './session-lifecycle.service.js';
import { ReadReplay, RECORDER } from './read-replay.service.js';
import { ReplayController } from './replay.controller.js';
import { SessionLeases } from './session-leases.service.js';
import { SESSION_SETTINGS, type SessionSettings } from './session-settings.js';
import { SessionProofController } from './session-proof.controller.js';
import { SessionStarts } from './session-starts.service.js';
import { SessionController } from './session.controller.js';
import { SessionRepository } from './session.repository.js';
import { Sessions } from './sessions.service.js';
import { TerminateSession } from './terminate-session.service.js';

interface SessionsConfig {
  readonly CORE_RECORDER_ADDRESS: string;
  readonly CORE_LEASE_SECONDS: number;
  readonly CORE_NAME_TERMINATING_ADMIN: boolean;
}

@Module({
  imports: [AuditAnchorsModule],
  controllers: [ReplayController, SessionController, SessionProofController],
  providers: [
    {
      provide: SESSION_SETTINGS,
      inject: [CONFIG],
      useFactory: (config: SessionsConfig): SessionSettings => ({
        leaseSeconds: config.CORE_LEASE_SECONDS,
        namesTerminatingAdmin: config.CORE_NAME_TERMINATING_ADMIN,
      }),
    },
    {
      provide: RECORDER,
      inject: [CONFIG, PeerClients],
      useFactory: (config: SessionsConfig, peers: PeerClients) =>
        peers.connect(PlaybackServiceService, config.CORE_RECORDER_ADDRESS, 'recorder'),
    },
    SessionRepository,
    GatewayLeaseRepository,
    CloseSession,
    SessionLifecycle,
    SessionLeases,
    LeaseReaper,
    runsJob(LeaseReaper),
    Sessions,
    SessionStarts,
    ListSessionProofs,
    TerminateSession,
    ReadReplay,
    NoteAlteredRecording,
    AlteredRecordingConsumer,
  ],
  exports: [SessionStarts, CloseSession, SessionLifecycle, SessionLeases, SESSION_SETTINGS],
})
export class SessionsModule {}
