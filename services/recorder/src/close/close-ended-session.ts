import { type Clock } from '@sallyport/context';
import type { ObjectStore } from '@sallyport/object-store';
import { EndReason } from '@sallyport/proto-gen/access/v1/session';
import type { SessionEnded } from '@sallyport/proto-gen/session/v1/session_event';
import { decodePayload, type Frame, FrameKind, type SessionMeta } from '@sallyport/recording-format';
import { type Logger, ofSession } from '@sallyport/telemetry';
import { commandEventOf } from '../commands/command-event.js';
import type { Publishing } from '../commands/publishing.js';
import type { ActiveSessions } from '../ingest/active-sessions.js';
import type { ManifestFile } from '../recording/manifest-file.js';
import { readRecording } from '../recording/read-recording.js';
import { RecordingDamaged } from '../recording/recording.errors.js';
import { isFinal, loadRecording, type StoredRecording } from '../recording/stored-recording.js';
import type { CloseRecording } from './close-recording.js';
import type { ClosedLately } from './closed-lately.js';
import { compareWithCore } from './compare-with-core.js';
import type { ReportAltered } from './report-altered.js';
import { RecordingStillOpen } from './session-ended.errors.js';

/** Time that a gateway has to close a session that it ended itself. */
const CLOSE_TIMEOUT_MS = 60_000;
/** Commands of one session that are published again at once. */
const PUBLISH_WINDOW = 64;

/** Collaborators that close ended sessions. */
export interface EndedSessionDeps {
  readonly store: ObjectStore;
  readonly manifests: ManifestFile;
  readonly closing: CloseRecording;
  readonly publishing: Publishing;
  readonly active: ActiveSessions;
  readonly lately: ClosedLately;
  readonly report: ReportAltered;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Closes an ended session that was left open.
 * - LOST: at once, because its gateway is dead.
 * - Any other reason: the gateway closes it itself. So it is closed here only if no manifest appears and nothing is written for a minute;
 * until then RecordingStillOpen (kind `conflict`) requests the event again.
 *
 * The commands of a session that is closed here are published again: it is unknown which of them were acknowledged to the dead gateway, and
 * the indexer identifies them by id. A closed recording that is not what core knows of it is reported. Of one that this recorder
 * has closed in the last minute, the store is not read again. Safe to repeat.
 */
export async function closeEndedSession(deps: EndedSessionDeps, ended: SessionEnded): Promise<void> {
  if (deps.lately.isClosedAs(ended)) return;
  let closed: StoredRecording | undefined;
  try {
    closed = await closeIfOpen(deps, ended);
  } catch (error) {
    if (!(error instanceof RecordingDamaged)) throw error;
    const { sessionId, lastSeq: knownSeq, link: knownLink } = ended;
    return deps.report({ sessionId, knownSeq, knownLink, foundSeq: 0n, foundLink: Buffer.alloc(0), why: error.message });
  }
  const altered = await compareWithCore(deps, ended, closed);
  if (altered) await deps.report(altered);
}

/**
 * Closes the recording. Returns it if it was closed before. Throws RecordingDamaged if what is stored proves nothing: a repetition would change
 * nothing.
 */
async function closeIfOpen(deps: EndedSessionDeps, ended: SessionEnded): Promise<StoredRecording | undefined> {
  const { sessionId } = ended;
  const recording = await loadRecording(deps.store, deps.manifests, sessionId);
  if (isFinal(recording)) return recording;
  if (ended.reason !== EndReason.LOST && mayStillBeClosed(deps, ended, recording)) throw new RecordingStillOpen(sessionId);
  // Published first: a crash between the two must not leave a closed recording, which is not read again, with unpublished commands.
  await publishAgain(deps, sessionId);
  const manifest = await deps.closing.close(sessionId);
  if (manifest === undefined) deps.logger.info(ofSession(sessionId), 'an ended session left no recording');
  else
    deps.logger.info(
      { ...ofSession(sessionId), state: manifest.state, lastSeq: manifest.last_seq },
      'closed what an ended session left open',
    );
  return undefined;
}

function mayStillBeClosed({ active, clock }: EndedSessionDeps, ended: SessionEnded, recording: StoredRecording): boolean {
  if (active.isActive(ended.sessionId)) return true;
  const lastWrite = recording.all.reduce((latest, piece) => Math.max(latest, piece.modifiedAt), ended.endedAt?.getTime() ?? 0);
  return clock.now() - lastWrite < CLOSE_TIMEOUT_MS;
}

async function publishAgain(deps: EndedSessionDeps, sessionId: string): Promise<void> {
  try {
    await publishStored(deps, sessionId);
  } catch (error) {
    if (!(error instanceof RecordingDamaged)) throw error;
    deps.logger.error({ err: error }, 'commands behind a damaged object are not published again');
  }
}

async function publishStored(deps: EndedSessionDeps, sessionId: string): Promise<void> {
  const { store, manifests, publishing } = deps;
  const underWay = new Set<Promise<void>>();
  let meta: SessionMeta | undefined;
  for await (const frame of readRecording(store, manifests, await loadRecording(store, manifests, sessionId))) {
    if (frame.kind === FrameKind.session) meta = decodePayload(FrameKind.session, frame.payload);
    const event = meta && eventOf(deps, meta, frame);
    if (event === undefined) continue;
    const published = publishing.publish(event).finally(() => underWay.delete(published));
    underWay.add(published);
    if (underWay.size >= PUBLISH_WINDOW) await Promise.race(underWay);
  }
  await Promise.all(underWay);
}

/** Returns the event of a frame. An unreadable command must not keep the others from being found. */
function eventOf({ logger }: EndedSessionDeps, meta: SessionMeta, frame: Frame): ReturnType<typeof commandEventOf> {
  try {
    return commandEventOf(meta, frame);
  } catch (error) {
    logger.error({ err: error, ...ofSession(meta.session_id), seq: String(frame.seq) }, 'a command can not be published');
    return undefined;
  }
}
