import type { Frame } from '../frame/frame.js';
import { FrameKind } from '../frame/frame-kind.js';
import { fileText } from '../payload/command-text.js';
import { decodePayload } from '../payload/json-payload.js';

/** A place in a recording that a player can jump to: the start of a command or file operation. */
export interface Marker {
  /** Microseconds since the session began. */
  readonly timeUs: number;
  readonly label: string;
}

/** Longest label; a player shows one line. */
const LABEL_CHARS = 200;

/** Returns the marker of a command or file frame; undefined for another frame. */
export function markerOf(frame: Frame): Marker | undefined {
  if (frame.kind === FrameKind.command) {
    const { started_us, input } = decodePayload(FrameKind.command, frame.payload);
    return { timeUs: started_us, label: labelOf(input) };
  }
  if (frame.kind !== FrameKind.file) return undefined;
  const fact = decodePayload(FrameKind.file, frame.payload);
  return { timeUs: fact.started_us, label: labelOf(fileText(fact).input) };
}

function labelOf(text: string): string {
  const line = text.split('\n', 1)[0]!;
  return line.length > LABEL_CHARS ? `${line.slice(0, LABEL_CHARS)}…` : line;
}
