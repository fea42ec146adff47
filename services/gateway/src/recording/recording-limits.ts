const MIB = 1024 * 1024;

/** Limits of the frames that a gateway keeps until a recorder has stored them. */
export interface RecordingLimits {
  /** Unacknowledged frames of one session in memory. */
  readonly sessionBytes: number;
  /** Unacknowledged frames of all sessions in memory. A session with less than `sessionFloorBytes` never waits for the others. */
  readonly totalBytes: number;
  readonly sessionFloorBytes: number;
  /** Unpublished commands of one session in memory. */
  readonly commandBytes: number;
  /** A best-effort session whose memory is full waits this long for the recorder before it spools. */
  readonly patienceMs: number;
  /** A strict session whose memory is full ends when the recorder has been away, or has stored nothing, for this long. */
  readonly graceMs: number;
  /** A closing session waits this long for the recorder before the remaining frames are spooled. */
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

/** Bytes in memory of all sessions, and the state of the connection to a recorder. */
export class RecordingLoad {
  memoryBytes = 0;
  /** Start of the outage by Clock.monotonic; undefined while connected. */
  awaySince: number | undefined;
}
