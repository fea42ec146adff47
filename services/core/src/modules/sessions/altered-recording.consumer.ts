import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { coreRecordingAltered, type Bus, type Consuming } from '@sallyport/bus';
import { isUuid, systemCtx } from '@sallyport/context';
import { AppError } from '@sallyport/errors';
import type { RecordingAltered } from '@sallyport/proto-gen/session/v1/session_event';
import { type Logger, type Metrics, ofSession } from '@sallyport/telemetry';
import { BUS } from '../../bus/index.js';
import { LOGGER, METRICS } from '../../platform/index.js';
import { NoteAlteredRecording } from './note-altered-recording.service.js';

/** Consumes sallyport.session.recording-altered.v1: what recorders find goes into the audit log. */
@Injectable()
export class AlteredRecordingConsumer implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly count;
  private consuming: Consuming | undefined;

  constructor(
    private readonly notes: NoteAlteredRecording,
    @Inject(BUS) private readonly bus: Pick<Bus, 'consume'>,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(METRICS) private readonly metrics: Metrics,
  ) {
    this.count = metrics.counter('core_altered_recordings_total', 'Recordings that a recorder found not to be what core knows of them');
  }

  onApplicationBootstrap(): void {
    this.consuming = this.bus.consume({
      consumer: coreRecordingAltered,
      batchSize: 1,
      maxDeliveries: 0,
      metrics: this.metrics,
      handle: async (batch) => {
        for (const { message } of batch) await this.take(message);
      },
    });
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.consuming?.stop();
  }

  private async take({ sessionId, why, knownSeq, knownLink, foundSeq, foundLink }: RecordingAltered): Promise<void> {
    this.count.inc();
    this.logger.error({ ...ofSession(sessionId), why }, 'a recorder found a recording that is not what core knows of it');
    if (!isUuid(sessionId)) return this.logger.warn(ofSession(sessionId), 'a report about a recording names no session');
    const known = { lastSeq: knownSeq, link: knownLink.toString('hex') };
    const found = { lastSeq: foundSeq, link: foundLink.toString('hex') };
    try {
      await this.notes.note(systemCtx('altered-recordings'), { sessionId, why, known, found });
    } catch (error) {
      if (!(error instanceof AppError) || error.kind !== 'not_found') throw error;
      this.logger.warn(ofSession(sessionId), 'a report about a recording names a session that core does not know');
    }
  }
}
