import { FrameKind, type FileFact as FrameFact } from '@sallyport/recording-format';
import type { ChannelRecorder } from './channel-recorder.js';
import type { TapTarget, TapTools } from './channel-tap.js';
import { createScpFacts, createSftpFacts, type FileFact, type FileTap } from './files/index.js';
import { sinceStart } from './frame-times.js';
import type { Observer } from './observer.js';
import { factWriter } from './write-fact.js';

/** Writes the file operations of an SFTP channel into its recording. */
export function observeSftp(tools: TapTools, target: TapTarget, recorder: ChannelRecorder): Observer {
  const { clock, logger } = tools;
  const { sessionId, channel } = target;
  const onBroken = (): void => logger.warn({ session: sessionId, channel }, 'file operations may be missing: the channel does not speak SFTP version 3');
  return asObserver(createSftpFacts({ emit: writeTo(tools, target, recorder), clock, onBroken }));
}

/** Writes the files that scp moves into its recording; nothing when the line is not scp's after all. */
export function observeScp(tools: TapTools, target: TapTarget, recorder: ChannelRecorder): Observer[] {
  const tap = createScpFacts({ commandLine: target.opened.command ?? '', emit: writeTo(tools, target, recorder), clock: tools.clock });
  return tap ? [asObserver(tap)] : [];
}

const asObserver = (tap: FileTap): Observer => ({
  input: (data) => tap.input(data),
  output: (data) => tap.output(data),
  stderr: () => undefined,
  resize: () => undefined,
  close: () => {
    tap.close();
    return Promise.resolve();
  },
});

function writeTo(tools: TapTools, target: TapTarget, recorder: ChannelRecorder): (fact: FileFact) => void {
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
