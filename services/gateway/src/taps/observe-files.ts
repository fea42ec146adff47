import { FrameKind, type FileFact as FrameFact } from '@sallyport/recording-format';
import type { ChannelRecorder } from './channel-recorder.js';
import type { TapTarget, TapTools } from './channel-tap.js';
import { createScpFacts, createSftpFacts, type FileFact, type FileTap } from './files/index.js';
import { sinceStart } from './frame-times.js';
import { observeCommands } from './observe-commands.js';
import { unobserved, type Observer } from './observer.js';
import { watchProtocol } from './watch-protocol.js';
import { factWriter } from './write-fact.js';

/** Writes the file operations of an SFTP channel into its recording. */
export function observeSftp(tools: TapTools, target: TapTarget, recorder: ChannelRecorder): Observer {
  const emit = writeTo(tools, target, recorder);
  return watchProtocol(tools, target, recorder, {
    name: 'sftp',
    start: (onBroken) => asObserver(createSftpFacts({ emit, clock: tools.clock, onBroken })),
    input: (data) => recorder.pass('input', data),
    afterwards: unobserved,
  });
}

/** Writes the files that scp moves into its recording, and the command line with what it says on stderr. */
export function observeScp(tools: TapTools, target: TapTarget, recorder: ChannelRecorder): Observer {
  const emit = writeTo(tools, target, recorder);
  return watchProtocol(tools, target, recorder, {
    name: 'scp',
    start: (onBroken) => {
      const tap = createScpFacts({ commandLine: target.opened.command ?? '', emit, clock: tools.clock, onBroken });
      if (!tap) onBroken();
      return tap ? asObserver(tap) : unobserved;
    },
    input: (data) => recorder.pass('input', data),
    afterwards: observeCommands(tools, target, recorder),
  });
}

const asObserver = (tap: FileTap): Observer => ({
  ...unobserved,
  input: (data) => tap.input(data),
  output: (data) => tap.output(data),
  close: () => Promise.resolve(tap.close()),
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
