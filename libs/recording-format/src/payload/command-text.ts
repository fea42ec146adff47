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

/** Protocols whose length and hash are those of a stream: it is packed, has only what changed, or has several files. */
const STREAMS = new Set(['rsync', 'git']);

/** Returns the outcome of a file operation as text for auditors. */
function outcome(fact: FileFact): string {
  const [unit, hash] = STREAMS.has(fact.protocol) ? ['bytes on the wire', 'sha256 of the wire'] : ['bytes', 'sha256'];
  const facts = [
    fact.ok ? 'ok' : `failed: ${fact.error ?? 'no reason given'}`,
    ...(fact.bytes === undefined ? [] : [`${fact.bytes} ${unit}`]),
    ...(fact.sha256 === undefined ? [] : [`${hash} ${fact.sha256}`]),
  ];
  return facts.join(', ');
}
