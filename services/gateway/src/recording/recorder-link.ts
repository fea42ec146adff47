import { type Clock, systemClock, type Timer } from '@sallyport/context';
import { type IngestRequest, type IngestResponse, IngestServiceService } from '@sallyport/proto-gen/recording/v1/ingest';
import type { SessionMeta } from '@sallyport/recording-format';
import { createClient, type MeshCredentials } from '@sallyport/rpc';
import { type Logger, type Metrics, ofSession } from '@sallyport/telemetry';
import type { SessionRecording } from '../taps/recording-port.js';
import { RUN_BYTES } from './frame-run.js';
import { OrphanedRecording } from './orphaned-recording.js';
import type { LinkedRecording } from './linked-recording.js';
import { type Mode, RecordedSession } from './recorded-session.js';
import { RECORDING_LIMITS, type RecordingLimits, RecordingLoad } from './recording-limits.js';
import { keepStream, type StreamTraffic } from './recorder-stream.js';
import { SpoolFolder } from './spool/spool-folder.js';
import { SpoolSpace } from './spool/spool-space.js';

/** Collaborators and values of a link. */
export interface RecorderLinkOptions {
  /** host:port of the recorders. */
  readonly address: string;
  readonly credentials: MeshCredentials;
  readonly spoolDir: string;
  readonly spoolMaxBytes: number;
  readonly logger: Logger;
  /** Counts the calls to recorders that fail. */
  readonly metrics?: Metrics;
  readonly clock?: Clock;
  readonly limits?: Partial<RecordingLimits>;
}

/** State of a link. */
interface RecorderLinkStatus {
  readonly connected: boolean;
  /** Bytes of frames that no recorder has stored. */
  readonly unackedBytes: number;
  readonly spooledBytes: number;
  readonly spoolMaxBytes: number;
  /** Longest time in which nothing was stored of a running session that has something to store. */
  readonly stalledSeconds: number;
  /** Bytes that recordings lack because nothing had room for them. */
  readonly dropped: number;
}

/** The gateway's one connection to the recorders. */
export interface RecorderLink {
  /** Begins the recording of a session; its metadata becomes frame 1. */
  open(meta: SessionMeta, mode: Mode): SessionRecording;
  status(): RecorderLinkStatus;
  /** Sets the limit of the spool. */
  limitSpool(maxBytes: number): void;
  /** Ships the orphaned recordings of the spool; resolves when they are shipped. No session waits for it. */
  recoverSpool(): Promise<void>;
  /** Ships as much as it can until the deadline and leaves the rest in the spool, for the next gateway. */
  shutdown(deadlineMs: number): Promise<void>;
}

const TICK_MS = 500;
const SCAN_MS = 60_000;
/** Small frames wait this long for others: a message per keystroke would cost more than the keystroke. */
const LINGER_MS = 50;

/** Creates the link, which connects in the background; a recorder may start later. */
export function createRecorderLink(options: RecorderLinkOptions): RecorderLink {
  return new Link(options);
}

class Link implements RecorderLink, StreamTraffic {
  private readonly clock: Clock;
  private readonly logger: Logger;
  private readonly limits: RecordingLimits;
  private readonly load = new RecordingLoad();
  private readonly space: SpoolSpace;
  private readonly folder: SpoolFolder;
  private readonly recordings = new Map<string, LinkedRecording>();
  /** Recordings that may have a message to send; each sends one in turn. */
  private readonly pending = new Set<LinkedRecording>();
  private wake = Promise.withResolvers<void>();
  private linger: Timer | undefined;
  /** Bytes of the frames that wait for others. */
  private lingeringBytes = 0;
  private droppedBytes = 0;
  private readonly refusals;
  private readonly stop = new AbortController();
  private readonly timers: Timer[];
  private readonly running: Promise<void>;
  private readonly client;

  constructor(options: RecorderLinkOptions) {
    this.clock = options.clock ?? systemClock;
    this.logger = options.logger;
    this.limits = { ...RECORDING_LIMITS, ...options.limits };
    this.load.awaySince = this.clock.monotonic();
    this.refusals = options.metrics?.counter(
      'gateway_recordings_refused_total',
      'Recordings that a recorder refused for good; what it did not store is kept in the spool',
    );
    this.space = new SpoolSpace(options.spoolMaxBytes);
    this.folder = new SpoolFolder(options.spoolDir, { clock: this.clock, logger: this.logger, space: this.space });
    this.client = createClient(IngestServiceService, options.address, {
      credentials: options.credentials,
      peer: 'recorder',
      ...(options.metrics && { metrics: options.metrics }),
    });
    this.timers = [this.clock.interval(TICK_MS, () => this.tick()), this.clock.interval(SCAN_MS, () => void this.scan())];
    void this.touch();
    this.running = keepStream({ client: this.client, clock: this.clock, logger: this.logger, traffic: this }, this.stop.signal);
  }

  open(meta: SessionMeta, mode: Mode): SessionRecording {
    const { clock, logger, limits, load, folder, space } = this;
    const session = new RecordedSession(meta, mode, {
      ...{ clock, logger, limits, load, folder, space },
      markPending: (recording, bytes) => this.markPending(recording, bytes),
      onDropped: (bytes) => (this.droppedBytes += bytes),
      onRefused: () => this.refusals?.inc(),
    });
    this.recordings.set(meta.session_id, session);
    this.markPending(session, Infinity);
    return session;
  }

  status(): RecorderLinkStatus {
    const recordings = [...this.recordings.values()];
    const since = recordings.flatMap(({ waitingSince }) => waitingSince ?? []);
    return {
      connected: this.load.awaySince === undefined,
      unackedBytes: recordings.reduce((sum, one) => sum + one.unackedBytes, 0),
      stalledSeconds: since.length === 0 ? 0 : (this.clock.monotonic() - Math.min(...since)) / 1000,
      spooledBytes: this.space.usedBytes,
      spoolMaxBytes: this.space.maxBytes,
      dropped: this.droppedBytes,
    };
  }

  limitSpool(maxBytes: number): void {
    this.space.maxBytes = maxBytes;
  }

  async recoverSpool(): Promise<void> {
    await this.touch();
    const orphans = await this.folder.takeOver();
    const shipping = orphans.map((session) => {
      const recording = new OrphanedRecording(session, this.space, this.logger, {
        markPending: (one) => this.markPending(one, Infinity),
        onRefused: () => this.refusals?.inc(),
      });
      this.logger.warn(
        { ...ofSession(recording.meta.session_id), bytes: recording.unackedBytes },
        'shipping an orphaned recording of a gateway that died',
      );
      this.recordings.set(`orphaned:${recording.meta.session_id}`, recording);
      this.markPending(recording, Infinity);
      return recording.shipped;
    });
    await Promise.all(shipping);
    await this.folder.tidy();
  }

  async shutdown(deadlineMs: number): Promise<void> {
    const deadline = this.clock.monotonic() + deadlineMs;
    while (this.recordings.size > 0 && this.clock.monotonic() < deadline && this.load.awaySince === undefined) await this.clock.sleep(20);
    await Promise.all([...this.recordings.values()].map((recording) => recording.spoolAll()));
    this.stop.abort();
    this.wake.resolve();
    for (const timer of this.timers) timer.cancel();
    await this.running;
    this.client.close();
    await this.folder.leave();
  }

  // The methods below are for the stream.

  connected(): void {
    this.logger.info('connected to the recorder');
    this.load.awaySince = undefined;
    for (const recording of this.recordings.values()) {
      recording.restart();
      this.pending.add(recording);
    }
    this.wake.resolve();
  }

  disconnected(): void {
    this.load.awaySince = this.clock.monotonic();
    this.pending.clear();
    this.wake.resolve();
  }

  async next(signal: AbortSignal): Promise<IngestRequest | undefined> {
    while (!signal.aborted) {
      const [recording] = this.pending;
      if (recording === undefined) {
        this.wake = Promise.withResolvers();
        await this.wake.promise;
        continue;
      }
      this.pending.delete(recording);
      const message = await recording.next();
      if (message === undefined) continue;
      this.pending.add(recording); // behind the others
      return message;
    }
    return undefined;
  }

  answered({ message }: IngestResponse): void {
    if (message === undefined) return;
    const { sessionId } = message.value;
    // An orphaned recording and a running session never have the same session id.
    for (const key of [sessionId, `orphaned:${sessionId}`]) {
      const recording = this.recordings.get(key);
      if (recording === undefined) continue;
      if (message.$case === 'ack') recording.acked(message.value);
      else void recording.refused(message.value);
      if (recording.isFinished) this.recordings.delete(key);
    }
  }

  /** Lets a recording send. Its message waits for others until the `bytes` of all that wait fill a run; Infinity never waits. */
  private markPending(recording: LinkedRecording, bytes: number): void {
    this.pending.add(recording);
    this.lingeringBytes += bytes;
    if (this.lingeringBytes >= RUN_BYTES) return this.wakeSender();
    this.linger ??= this.clock.timeout(LINGER_MS, () => this.wakeSender());
    return undefined;
  }

  private wakeSender(): void {
    this.linger?.cancel();
    this.linger = undefined;
    this.lingeringBytes = 0;
    this.wake.resolve();
  }

  private tick(): void {
    for (const [key, recording] of this.recordings) {
      recording.tick();
      if (recording.isFinished) this.recordings.delete(key);
    }
  }

  private async scan(): Promise<void> {
    await this.recoverSpool().catch((error: unknown) =>
      this.logger.error({ err: error }, 'the spool could not be searched for orphaned recordings'),
    );
  }

  private async touch(): Promise<void> {
    await this.folder.touch().catch((error: unknown) => this.logger.error({ err: error }, 'the spool folder cannot be used'));
  }
}
