import type { ChannelClose, ChannelOpen } from '@sallyport/recording-format';
import type { Clock } from '@sallyport/context';
import type { Logger } from '@sallyport/telemetry';
import type { ChannelStream } from '../ssh/index.js';
import type { TerminalPool } from './commands/index.js';
import type { SessionRecording } from './recording-port.js';

/** Sees what passes through one channel; changes nothing and never makes anybody wait but by `hasRoom`. */
export interface ChannelTap {
  /** From the client. */
  input(data: Buffer): void;
  /** From the asset. */
  output(data: Buffer, stream: ChannelStream): void;
  resize(cols: number, rows: number): void;
  /** False while nothing more can be recorded: then the asset gets no credit. */
  hasRoom(): boolean;
  whenRoom(): Promise<void>;
  /** The channel is over; resolves when all that is to be said about it is recorded. */
  close(exit: ChannelClose): Promise<void>;
}

/** What a tap is made for. */
export interface TapTarget {
  recording: SessionRecording;
  /** Number within the recording. */
  channel: number;
  opened: ChannelOpen;
  maxOutputBytes: number;
  /** When the session began, milliseconds since 1970. */
  startedAtMs: number;
  sessionId: string;
}

/** What taps are made with. */
export interface TapTools {
  clock: Clock;
  logger: Logger;
  pool: TerminalPool;
}

/** Makes the tap that fits a channel. */
export type TapMaker = (target: TapTarget) => ChannelTap;
