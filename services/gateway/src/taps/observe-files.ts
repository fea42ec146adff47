import type { ChannelRecorder } from './channel-recorder.js';
import type { TapTarget, TapDeps } from './channel-tap.js';
import { asObserver, fileWriter } from './file-observer.js';
import { createScpFacts, createSftpFacts } from './files/index.js';
import { observeCommands } from './observe-commands.js';
import { unobserved, type Observer } from './observer.js';
import { watchProtocol } from './watch-protocol.js';

/** Writes the file operations of an SFTP channel into its recording. */
export function observeSftp(deps: TapDeps, target: TapTarget, recorder: ChannelRecorder): Observer {
  const emit = fileWriter(deps, target, recorder);
  return watchProtocol(deps, target, recorder, {
    name: 'sftp',
    start: (onBroken) => asObserver(createSftpFacts({ emit, clock: deps.clock, onBroken })),
    input: (data) => recorder.pass('input', data),
    afterwards: unobserved,
  });
}

/** Writes the files that scp transfers into its recording, and its command line with its stderr. */
export function observeScp(deps: TapDeps, target: TapTarget, recorder: ChannelRecorder): Observer {
  const emit = fileWriter(deps, target, recorder);
  return watchProtocol(deps, target, recorder, {
    name: 'scp',
    start: (onBroken) => {
      const tap = createScpFacts({ commandLine: target.opened.command ?? '', emit, clock: deps.clock, onBroken });
      if (!tap) onBroken();
      return tap ? asObserver(tap) : unobserved;
    },
    input: (data) => recorder.pass('input', data),
    afterwards: observeCommands(deps, target, recorder),
  });
}
