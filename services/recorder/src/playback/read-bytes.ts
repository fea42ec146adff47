import { openPart } from '../recording/read-piece.js';
import { findClosed, type PlaybackDeps } from './playback-deps.js';

/** Returns bytes `offset` to `offset + length` (0: to the end) of the concatenated parts of a closed recording. */
export async function* readBytes(
  deps: PlaybackDeps,
  { sessionId, offset, length }: { sessionId: string; offset: bigint; length: bigint },
): AsyncGenerator<Uint8Array, void, undefined> {
  const { manifest } = await findClosed(deps, sessionId);
  const reader = { store: deps.store, seals: deps.manifests.seals, sessionId };
  const from = Number(offset);
  const to = length === 0n ? manifest.size_bytes : Math.min(manifest.size_bytes, from + Number(length));
  let at = 0;
  for (const part of manifest.parts) {
    const [start, end] = [Math.max(from, at), Math.min(to, at + part.bytes)];
    if (start < end) yield (await openPart(reader, part)).subarray(start - at, end - at);
    at += part.bytes;
  }
}
