import type { ChannelRecorder } from './channel-recorder.js';
import type { TapTarget, TapTools } from './channel-tap.js';
import { asObserver, fileWriter } from './file-observer.js';
import { createScpFacts, createSftpFacts } from './files/index.js';
import { observeCommands } from './observe-commands.js';
import { unobserved, type Observer } from './observer.js';
import { watchProtocol } from './watch-protocol.js';

/** Writes the file operations of an SFTP channel into its recording. */
export function observeSftp(tools: TapTools, target: TapTarget, recorder: ChannelRecorder): Observer {
  const emit = fileWriter(tools, target, recorder);
  return watchProtocol(tools, target, recorder, {
    name: 'sftp',
    start: (onBroken) => asObserver(createSftpFacts({ emit, clock: tools.clock, onBroken })),
    input: (data) => recorder.pass('input', data),
    afterwards: unobserved,
  });
}

/** Writes the files that scp moves into its recording, and the command line with what it says on stderr. */
export function observeScp(tools: TapTools, target: TapTarget, recorder: ChannelRecorder): Observer {
  const emit = fileWriter(tools, target, recorder);
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
