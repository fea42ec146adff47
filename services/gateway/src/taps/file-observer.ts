import { FrameKind, type FileFact as FrameFact } from '@sallyport/recording-format';
import type { ChannelRecorder } from './channel-recorder.js';
import type { TapTarget, TapTools } from './channel-tap.js';
import type { FileFact, FileTap } from './files/index.js';
import { sinceStart } from './frame-times.js';
import { unobserved, type Observer } from './observer.js';
import { factWriter } from './write-fact.js';

/** Something that looks into one channel's bytes for file operations, as an observer. */
export const asObserver = (tap: FileTap): Observer => ({
  ...unobserved,
  input: (data) => tap.input(data),
  output: (data) => tap.output(data),
  close: ({ exit_status }) => Promise.resolve(tap.close(exit_status)),
});

/** Where such operations go: into the recording. */
export function fileWriter(tools: TapTools, target: TapTarget, recorder: ChannelRecorder): (fact: FileFact) => void {
  const write = factWriter(FrameKind.file, recorder, tools, target);
  return (fact) => write(asFrame(fact, target.startedAtMs));
}

const asFrame = (fact: FileFact, startedAtMs: number): FrameFact => ({
  id: fact.id,
  protocol: fact.protocol,
  op: fact.op,
  // scp names a target that may be a folder or the file itself: both names stand here, so that either is found.
  path: fact.sourceName === undefined ? fact.path : `${fact.path} (${fact.sourceName})`,
  ...(fact.newPath !== undefined && { new_path: fact.newPath }),
  ...(fact.bytes !== undefined && { bytes: fact.bytes }),
  ...(fact.sha256 !== undefined && { sha256: fact.sha256 }),
  ok: fact.ok,
  ...(fact.error !== undefined && { error: fact.error }),
  started_us: sinceStart(fact.startedAtMs, startedAtMs),
  ended_us: sinceStart(fact.endedAtMs, startedAtMs),
});
