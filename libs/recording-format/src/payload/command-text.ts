import type { Frame } from '../frame/frame.js';
import { FrameKind } from '../frame/frame-kind.js';
import type { FileFact } from './facts.js';
import { decodePayload } from './json-payload.js';

/** The id and the texts of a row of the command log. */
export interface CommandText {
  readonly id: string;
  readonly input: string;
  readonly output: string;
}

/** Returns the id and texts of the row that a frame becomes; undefined for a frame that becomes none. Throws PayloadInvalid. */
export function commandTextOf(frame: Frame): CommandText | undefined {
  if (frame.kind === FrameKind.command) return decodePayload(FrameKind.command, frame.payload);
  return frame.kind === FrameKind.file ? fileText(decodePayload(FrameKind.file, frame.payload)) : undefined;
}

/** Returns the id and texts of the row of a file operation. */
export function fileText(fact: FileFact): CommandText {
  const target = fact.new_path === undefined ? '' : ` ${fact.new_path}`;
  return { id: fact.id, input: `${fact.protocol} ${fact.op} ${fact.path}${target}`, output: outcome(fact) };
}

/** Returns the outcome of a file operation as text for auditors. */
function outcome(fact: FileFact): string {
  const facts = [
    fact.ok ? 'ok' : `failed: ${fact.error ?? 'no reason given'}`,
    ...(fact.bytes === undefined ? [] : [`${fact.bytes} bytes`]),
    ...(fact.sha256 === undefined ? [] : [`sha256 ${fact.sha256}`]),
  ];
  return facts.join(', ');
}
