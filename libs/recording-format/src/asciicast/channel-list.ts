import type { Frame } from '../frame/frame.js';
import { FrameKind } from '../frame/frame-kind.js';
import { decodePayload } from '../payload/json-payload.js';

/** A channel of a recording, as lists show it. */
export interface RecordedChannel {
  readonly channel: number;
  /** "shell", "exec", "sftp", … */
  readonly kind: string;
  /** Command line of an exec, name of a subsystem; "" for none. Cut with "…" after CHANNEL_COMMAND_CHARS; the frame has it whole. */
  readonly command: string;
  readonly opened_us: number;
  readonly has_terminal: boolean;
}

/** Longest command line that a list of channels repeats. */
const CHANNEL_COMMAND_CHARS = 1024;

/** Returns the channel that a frame opens, if it opens one. */
export function channelOpenedBy(frame: Frame): RecordedChannel | undefined {
  if (frame.kind !== FrameKind.channelOpen) return undefined;
  const open = decodePayload(FrameKind.channelOpen, frame.payload);
  const command = open.command ?? '';
  return {
    channel: frame.channel,
    kind: open.kind,
    command: command.length > CHANNEL_COMMAND_CHARS ? `${command.slice(0, CHANNEL_COMMAND_CHARS)}…` : command,
    opened_us: frame.timeUs,
    has_terminal: open.pty !== undefined,
  };
}

/** Returns the channel that is played by default: the first with a terminal, else the first; undefined if there is none. */
export const channelToPlay = (channels: readonly RecordedChannel[]): number | undefined =>
  (channels.find((one) => one.has_terminal) ?? channels[0])?.channel;
