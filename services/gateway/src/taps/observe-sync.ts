import type { ChannelRecorder } from './channel-recorder.js';
import type { TapTarget, TapDeps } from './channel-tap.js';
import { asObserver, fileWriter } from './file-observer.js';
import { createGitFacts, createRsyncFacts, type GitCommand, type RsyncCommand } from './files/index.js';
import { observeCommands } from './observe-commands.js';
import type { Observer } from './observer.js';
import { watchProtocol } from './watch-protocol.js';

/** Writes an rsync run into the recording as one transfer, and its command line with its stderr. */
export function observeRsync(deps: TapDeps, target: TapTarget, recorder: ChannelRecorder, command: RsyncCommand): Observer {
  const emit = fileWriter(deps, target, recorder);
  return watchProtocol(deps, target, recorder, {
    name: 'rsync',
    start: (onBroken) => asObserver(createRsyncFacts({ command, emit, clock: deps.clock, onBroken })),
    input: (data) => (command.direction === 'upload' ? recorder.pass('input', data) : recorder.skip('input', 'bulk', data)),
    afterwards: observeCommands(deps, target, recorder),
  });
}

/** Writes git's transfer, the refs that it changes and the output of its hooks into the recording, and its command line with that output. */
export function observeGit(deps: TapDeps, target: TapTarget, recorder: ChannelRecorder, command: GitCommand): Observer {
  const emit = fileWriter(deps, target, recorder);
  const afterwards = observeCommands(deps, target, recorder);
  const onMessage = (data: Buffer): void => {
    recorder.output(data, 'stderr');
    afterwards.stderr(data);
  };
  return watchProtocol(deps, target, recorder, {
    name: 'git',
    start: (onBroken) => asObserver(createGitFacts({ command, emit, clock: deps.clock, onMessage, onBroken })),
    input: (data) => recorder.skip('input', 'bulk', data),
    afterwards,
  });
}
