import { decodeFileContent, FrameKind, type FileFact } from '@sallyport/recording-format';
import type { MemoryRecording } from './memory-recordings.js';

/** Returns the content that a recording has of each uploaded file, in the order of the uploads. */
export function keptContent(recording: MemoryRecording): Buffer[] {
  const facts = (recording.facts(FrameKind.file) as FileFact[]).filter(({ kept_bytes: kept = 0 }) => kept > 0);
  const pieces = recording.frames.filter(({ kind }) => kind === FrameKind.fileContent).map(({ payload }) => decodeFileContent(payload));
  return facts.map(({ id, kept_bytes: kept = 0 }) => {
    const content = Buffer.alloc(kept);
    for (const piece of pieces) if (piece.id === id) content.set(piece.data, piece.offset);
    return content;
  });
}
