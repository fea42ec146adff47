import { type Bus, recordingAltered } from '@sallyport/bus';
import type { RecordingAltered } from '@sallyport/proto-gen/session/v1/session_event';
import { ofSession, type Logger } from '@sallyport/telemetry';

/** Reports a recording that is not what core knows of it. Resolves when the report is stored. */
export type ReportAltered = (altered: RecordingAltered) => Promise<void>;

/** Collaborators of the reports. */
export interface ReportAlteredDeps {
  readonly bus: Pick<Bus, 'publish'>;
  readonly logger: Logger;
  /** Counts a report. */
  onAltered(): void;
}

/** Returns a reporter that logs, counts and publishes: core writes it into its audit log. */
export function reportAltered({ bus, logger, onAltered }: ReportAlteredDeps): ReportAltered {
  return async (altered) => {
    const { sessionId, why, knownSeq, foundSeq } = altered;
    const facts = { ...ofSession(sessionId), why, knownSeq: String(knownSeq), foundSeq: String(foundSeq) };
    logger.error(facts, 'a recording is not what core knows of it');
    onAltered();
    // The same difference has the same id: a session's end may be handled twice.
    await bus.publish(recordingAltered, altered, { id: `altered-${sessionId}-${foundSeq}-${altered.foundLink.toString('hex')}` });
  };
}
