import type { ChannelClose, ChannelOpen, Resize } from '@sallyport/recording-format';
import type { Clock } from '@sallyport/context';
import type { Logger } from '@sallyport/telemetry';
import type { ChannelStream } from '../ssh/index.js';
import type { OutputLimit } from './channel-recorder.js';
import type { InputSealing } from './input-sealing.js';
import type { TerminalPool } from './commands/index.js';
import type { SessionRecording } from './recording-port.js';

/** Observes the bytes of one channel. It changes none of them and delays them only through `hasRoom`. */
export interface ChannelTap {
  /** Observes bytes from the client. */
  input(data: Buffer): void;
  /** Observes bytes from the asset. */
  output(data: Buffer, stream: ChannelStream): void;
  resize(cols: number, rows: number, pixels?: Pick<Resize, 'width_px' | 'height_px'>): void;
  /** Returns false while the recording can take no more; the asset then gets no window credit. */
  hasRoom(): boolean;
  whenRoom(): Promise<void>;
  /** Ends the tap when the channel has closed. Resolves when its last frame is recorded. */
  close(exit: ChannelClose): Promise<void>;
}

/** The channel that a tap observes. */
export interface TapTarget {
  recording: SessionRecording;
  /** Channel number within the recording. */
  channel: number;
  opened: ChannelOpen;
  outputLimit: OutputLimit;
  /** Start of the session, milliseconds since 1970. */
  startedAtMs: number;
  sessionId: string;
}

/** Collaborators of a tap. */
export interface TapDeps {
  clock: Clock;
  logger: Logger;
  pool: TerminalPool;
  /** Most bytes of input to record of a channel without a terminal; 0 for all. */
  maxInputBytes?: number | undefined;
  /** Most bytes of content to record of each uploaded file; 0 for none. */
  keepFileBytes?: number | undefined;
  /** The auditors' key, and what is sealed to it; absent without a key. */
  sealing?: InputSealing | undefined;
  /** Counts gaps in what was looked for, by reason. */
  onAuditGap?(why: string): void;
}

/** Creates the tap for a channel. */
export type TapMaker = (target: TapTarget) => ChannelTap;
