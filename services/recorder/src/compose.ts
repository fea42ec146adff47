import type { Bus } from '@sallyport/bus';
import { type Clock, systemClock } from '@sallyport/context';
import type { ObjectStore } from '@sallyport/object-store';
import { AuditAnchorServiceService } from '@sallyport/proto-gen/recording/v1/audit_anchor';
import { IngestServiceService } from '@sallyport/proto-gen/recording/v1/ingest';
import { PlaybackServiceService } from '@sallyport/proto-gen/recording/v1/playback';
import { type MeshCredentials, RpcServer, showCertificate } from '@sallyport/rpc';
import { createMetrics, type HealthServer, type Logger, type Metrics, startHealthServer } from '@sallyport/telemetry';
import { AnchorStore } from './anchors/anchor-store.js';
import { anchorHandlers } from './anchors/anchor.rpc.js';
import { CloseRecording } from './close/close-recording.js';
import { ClosedLately } from './close/closed-lately.js';
import { reportAltered } from './close/report-altered.js';
import { consumeSessionEnded } from './close/session-ended.consumer.js';
import { Publishing } from './commands/publishing.js';
import { ActiveSessions } from './ingest/active-sessions.js';
import { ByteBudget } from './ingest/byte-budget.js';
import { ingestHandlers } from './ingest/ingest.rpc.js';
import { countStoreFailures } from './count-store-failures.js';
import { playbackHandlers } from './playback/playback.rpc.js';
import { ManifestFile } from './recording/manifest-file.js';
import { showRecorder } from './recorder-metrics.js';

const MIB = 1024 * 1024;
/** Largest segment and its longest wait; see DESIGN 2.5. A full one stays as a part, so it is larger than a message needs. */
const SEGMENT = { maxAgeMs: 2_000, maxBytes: 2 * MIB };
/** Size of the parts of a closed recording: few objects, and one fits in memory. */
const PART_BYTES = 8 * MIB;
/** Bytes of frames that wait for the store; beyond it the gateways keep them. */
const MAX_UNSTORED_BYTES = 64 * MIB;
/** Bytes of commands that wait for NATS; beyond it they are read back from the store. */
const MAX_UNPUBLISHED_BYTES = 16 * MIB;
const PUBLISHES_AT_ONCE = 64;
/** Time that running streams have to store received frames when the process stops. */
const STOP_GRACE_MS = 10_000;

/** Collaborators and settings of a recorder. */
export interface RecorderDeps {
  readonly credentials: MeshCredentials;
  readonly store: ObjectStore;
  /** The folder of the recordings, if they are on a disk. */
  readonly folder?: string | undefined;
  readonly bus: Bus;
  readonly signingKeyPem: string;
  /** Public keys of the signing keys before the present one. */
  readonly formerKeys?: readonly string[];
  readonly logger: Logger;
  readonly clock?: Clock;
  readonly rpc: { readonly host: string; readonly port: number };
  readonly health: { readonly host: string; readonly port: number };
}

/** A running recorder. */
export interface Recorder {
  readonly rpcPort: number;
  readonly healthPort: number;
  /** Stores the received frames, then stops. */
  stop(): Promise<void>;
}

/** Builds a recorder and starts it. */
export async function startRecorder(deps: RecorderDeps): Promise<Recorder> {
  const { bus, logger, clock = systemClock } = deps;
  const metrics = createMetrics('recorder');
  showCertificate(metrics, deps.credentials);
  const store = countStoreFailures(deps.store, metrics);
  const stop = new AbortController();
  const manifests = new ManifestFile(store, deps.signingKeyPem, deps.formerKeys);
  const closing = new CloseRecording({ store, manifests, clock, logger, partBytes: PART_BYTES });
  const publishing = new Publishing({ bus, clock, logger }, { concurrency: PUBLISHES_AT_ONCE, maxHeldBytes: MAX_UNPUBLISHED_BYTES });
  const active = new ActiveSessions();
  const budget = new ByteBudget(MAX_UNSTORED_BYTES);
  const altered = metrics.counter(
    'recorder_altered_recordings_total',
    'recordings that are not what was stored, or not what core knows of them',
  );
  const report = reportAltered({ bus, logger, onAltered: () => altered.inc() });
  const lately = new ClosedLately(clock);
  const shared = { store, manifests, closing, publishing, active, lately, report, clock, logger };
  const server = new RpcServer({ credentials: deps.credentials, logger, metrics })
    .add(IngestServiceService, ingestHandlers({ ...shared, budget, limits: SEGMENT }, stop.signal), { allow: ['gateway'] })
    .add(PlaybackServiceService, playbackHandlers(shared), { allow: ['core'] })
    .add(AuditAnchorServiceService, anchorHandlers(new AnchorStore(store)), { allow: ['core'] });
  showRecorder(metrics, { active, budget, bus, clock, folder: deps.folder });
  const health = await serveHealth(deps, metrics);
  const rpcPort = await server.listen(deps.rpc.host, deps.rpc.port);
  const consuming = consumeSessionEnded(bus, shared, metrics);
  logger.info({ rpcPort, healthPort: health.port, store: store.location }, 'recorder is ready');
  return {
    rpcPort,
    healthPort: health.port,
    async stop() {
      health.setDraining();
      stop.abort();
      await server.shutdown(STOP_GRACE_MS);
      publishing.stop();
      // Closing the bus ends the wait of the consumer; an event that is being handled comes again.
      await Promise.all([consuming.stop(), bus.close()]);
      await health.close();
    },
  };
}

/**
 * Serves health and metrics. NATS is shown as a fact only: its outage stops no recording, so sessions must not be sent elsewhere because of
 * it.
 */
function serveHealth({ health, store, bus }: RecorderDeps, metrics: Metrics): Promise<HealthServer> {
  return startHealthServer({
    ...health,
    service: 'recorder',
    metrics,
    checks: { store: () => store.check() },
    facts: () => ({ nats: bus.problem() ?? 'ok', store: store.location }),
  });
}
