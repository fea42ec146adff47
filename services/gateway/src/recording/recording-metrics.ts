import type { Metrics } from '@sallyport/telemetry';
import type { RecorderLink } from './recorder-link.js';

/** Shows what the recordings of a data process wait for. */
export function showRecordings(metrics: Metrics, recordings: Pick<RecorderLink, 'status'>): void {
  const gauge = (name: string, help: string, read: (status: ReturnType<RecorderLink['status']>) => number, across?: 'max'): void =>
    void metrics.gauge(name, help, [], () => read(recordings.status()), across);
  gauge('gateway_recording_unacked_bytes', 'Bytes of recordings that no recorder has stored yet', ({ unackedBytes }) => unackedBytes);
  gauge(
    'gateway_recording_stalled_seconds',
    'Longest time in which no recorder has stored anything of a running session that has something to store',
    ({ stalledSeconds }) => stalledSeconds,
    'max',
  );
  gauge('gateway_recording_spooled_bytes', 'Bytes of recordings that wait on disk', ({ spooledBytes }) => spooledBytes);
  gauge('gateway_spool_limit_bytes', 'Most bytes of recordings that may wait on disk', ({ spoolMaxBytes }) => spoolMaxBytes);
  gauge('gateway_recording_dropped_bytes', 'Bytes missing from recordings, each marked there as a gap', ({ dropped }) => dropped);
  gauge('gateway_recorder_away_processes', 'Data processes without a recorder', ({ connected }) => (connected ? 0 : 1));
}
