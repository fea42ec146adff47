import type { ChannelRecorder } from './channel-recorder.js';
import type { TapTarget, TapTools } from './channel-tap.js';
import { asObserver, fileWriter } from './file-observer.js';
import { createGitFacts, createRsyncFacts, type GitCommand, type RsyncCommand } from './files/index.js';
import { observeCommands } from './observe-commands.js';
import type { Observer } from './observer.js';
import { watchProtocol } from './watch-protocol.js';

/** Writes what rsync moves into the recording as one transfer, and the command line with what it says on stderr. */
export function observeRsync(tools: TapTools, target: TapTarget, recorder: ChannelRecorder, command: RsyncCommand): Observer {
  const emit = fileWriter(tools, target, recorder);
  return watchProtocol(tools, target, recorder, {
    name: 'rsync',
    start: (onBroken) => asObserver(createRsyncFacts({ command, emit, clock: tools.clock, onBroken })),
    input: (data) => (command.direction === 'upload' ? recorder.pass('input', data) : recorder.skip('input', 'bulk', data)),
    afterwards: observeCommands(tools, target, recorder),
  });
}

/** Writes git's transfer, the refs it changes and the words of its hooks into the recording, and the command line with those words. */
export function observeGit(tools: TapTools, target: TapTarget, recorder: ChannelRecorder, command: GitCommand): Observer {
  const emit = fileWriter(tools, target, recorder);
  const afterwards = observeCommands(tools, target, recorder);
  const onMessage = (data: Buffer): void => {
    recorder.output(data, 'stderr');
    afterwards.stderr(data);
  };
  return watchProtocol(tools, target, recorder, {
    name: 'git',
    start: (onBroken) => asObserver(createGitFacts({ command, emit, clock: tools.clock, onMessage, onBroken })),
    input: (data) => recorder.skip('input', 'bulk', data),
    afterwards,
  });
}
