import { readObject } from '@sallyport/object-store';
import { decodeFrames, type Extent, extentName, FrameKind, splitSealed } from '@sallyport/recording-format';
import { readable } from './readable.js';
import type { RecordingFolder } from './recording-folder.js';

/** Returns true if the newest of these objects has the last frame of a session: such a recording has a manifest, or is about to get it. */
export async function hasEnded({ store, prefix }: RecordingFolder, extents: readonly Extent[]): Promise<boolean> {
  const [first, ...others] = extents;
  if (first === undefined) return false;
  const newest = others.reduce((last, each) => (each.lastSeq > last.lastSeq ? each : last), first);
  const object = await readObject(store, prefix + extentName(newest));
  // An object that cannot be read is named by the check of its seal.
  const frames = readable(() => decodeFrames(splitSealed(object)?.frames ?? object));
  return frames?.at(-1)?.kind === FrameKind.end;
}
