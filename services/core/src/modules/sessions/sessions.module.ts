import { Module } from '@nestjs/common';
import { PlaybackServiceService } from '@sallyport/proto-gen/recording/v1/playback';
import { CONFIG, runsJob } from '../../platform/index.js';
import { PeerClients } from '../../rpc/index.js';
import { CloseSession } from './close-session.service.js';
import { EndSession } from './end-session.service.js';
import { LeaseReaper } from './lease-reaper.js';
import { OpenedSessions } from './opened-sessions.service.js';
import { ReadReplay, RECORDER } from './read-replay.service.js';
import { ReplayController } from './replay.controller.js';
import { SessionLeases } from './session-leases.service.js';
import { SESSION_SETTINGS, type SessionSettings } from './session-settings.js';
import { SessionController } from './session.controller.js';
import { SessionRepository } from './session.repository.js';
import { Sessions } from './sessions.service.js';
import { TerminateSession } from './terminate-session.service.js';

interface SessionsConfig {
  readonly CORE_RECORDER_ADDRESS: string;
  readonly CORE_LEASE_SECONDS: number;
}

@Module({
  controllers: [ReplayController, SessionController],
  providers: [
    {
      provide: SESSION_SETTINGS,
      inject: [CONFIG],
      useFactory: (config: SessionsConfig): SessionSettings => ({ leaseSeconds: config.CORE_LEASE_SECONDS }),
    },
    {
      provide: RECORDER,
      inject: [CONFIG, PeerClients],
      useFactory: (config: SessionsConfig, peers: PeerClients) =>
        peers.connect(PlaybackServiceService, config.CORE_RECORDER_ADDRESS, 'recorder'),
    },
    SessionRepository,
    EndSession,
    CloseSession,
    OpenedSessions,
    SessionLeases,
    LeaseReaper,
    runsJob(LeaseReaper),
    Sessions,
    TerminateSession,
    ReadReplay,
  ],
  exports: [CloseSession, OpenedSessions, SessionLeases, SESSION_SETTINGS],
})
export class SessionsModule {}
