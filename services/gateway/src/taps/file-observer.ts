import { FrameKind, type FileFact as FrameFact } from '@sallyport/recording-format';
import type { ChannelRecorder } from './channel-recorder.js';
import type { TapTarget, TapDeps } from './channel-tap.js';
import type { FileFact, FileTap } from './files/index.js';
import { sinceStart } from './frame-times.js';
import { unobserved, type Observer } from './observer.js';
import { factWriter } from './write-fact.js';

/** Returns an observer that passes bytes to a file tap. */
export const asObserver = (tap: FileTap): Observer => ({
  ...unobserved,
  input: (data) => tap.input(data),
  output: (data) => tap.output(data),
  close: ({ exit_status }) => Promise.resolve(tap.close(exit_status)),
});

/** Returns a function that writes file operations into the recording. */
export function fileWriter(deps: TapDeps, target: TapTarget, recorder: ChannelRecorder): (fact: FileFact) => void {
  const write = factWriter(FrameKind.file, recorder, deps, target);
  return (fact) => write(asFrame(fact, target.startedAtMs));
}

const asFrame = (fact: FileFact, startedAtMs: number): FrameFact => ({
  id: fact.id,
  protocol: fact.protocol,
  op: fact.op,
  // The target of scp may be a folder or the file itself: the path contains both names, so that a search finds either.
  path: fact.sourceName === undefined ? fact.path : `${fact.path} (${fact.sourceName})`,
  ...(fact.newPath !== undefined && { new_path: fact.newPath }),
  ...(fact.bytes !== undefined && { bytes: fact.bytes }),
  ...(fact.sha256 !== undefined && { sha256: fact.sha256 }),
  ...(fact.keptBytes !== undefined && { kept_bytes: fact.keptBytes }),
  ok: fact.ok,
  ...(fact.error !== undefined && { error: fact.error }),
  started_us: sinceStart(fact.startedAtMs, startedAtMs),
  ended_us: sinceStart(fact.endedAtMs, startedAtMs),
});
