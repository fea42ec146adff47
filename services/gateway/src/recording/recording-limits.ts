const MIB = 1024 * 1024;

/** Bounds of what a gateway keeps for sessions that no recorder has taken yet. */
export interface RecordingLimits {
  /** Unacknowledged frames of one session in memory. */
  readonly sessionBytes: number;
  /** Of all sessions together. A session with less than `sessionFloorBytes` is never held up by the others. */
  readonly totalBytes: number;
  readonly sessionFloorBytes: number;
  /** Unpublished commands of one session in memory. */
  readonly commandBytes: number;
  /** A best-effort session whose memory is full waits this long for the recorder before it spools. */
  readonly patienceMs: number;
  /** A strict session whose memory is full ends when the recorder has been away, or has stored nothing, for this long. */
  readonly graceMs: number;
  /** How long a closing session waits for the recorder before what is left is spooled. */
  readonly handOverMs: number;
}

export const RECORDING_LIMITS: RecordingLimits = {
  sessionBytes: 4 * MIB,
  totalBytes: 128 * MIB,
  sessionFloorBytes: MIB / 4,
  commandBytes: MIB / 4,
  patienceMs: 3_000,
  graceMs: 60_000,
  handOverMs: 5_000,
};

/** Bytes in memory over all sessions, and whether a recorder is there. */
export class RecordingLoad {
  memoryBytes = 0;
  /** By Clock.monotonic; undefined while connected. */
  awaySince: number | undefined;
}
