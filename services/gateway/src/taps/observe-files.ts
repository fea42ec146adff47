import { FrameKind } from '@sallyport/recording-format';
import type { ChannelRecorder } from './channel-recorder.js';
import type { TapTarget, TapDeps } from './channel-tap.js';
import { asObserver, fileWriter } from './file-observer.js';
import { createScpFacts, createSftpFacts, KeptContent, type SftpFactsOptions } from './files/index.js';
import { MAX_INPUT_BYTES } from './kept-input.js';
import { observeCommands } from './observe-commands.js';
import { unobserved, type Observer } from './observer.js';
import { watchProtocol } from './watch-protocol.js';

/** Most bytes of content to keep of a file, unless the settings say otherwise. */
const KEPT_FILE_BYTES = 256 * 1024;

/** Writes the file operations of an SFTP channel into its recording. */
export function observeSftp(deps: TapDeps, target: TapTarget, recorder: ChannelRecorder): Observer {
  const emit = fileWriter(deps, target, recorder);
  return watchProtocol(deps, target, recorder, {
    name: 'sftp',
    start: (onBroken) =>
      asObserver(
        createSftpFacts({ emit, clock: deps.clock, content: contentOf(deps, recorder), onBroken, ...doubts(deps, target, recorder) }),
      ),
    input: (data) => recorder.pass('input', data),
    afterwards: unobserved,
  });
}

/** Returns the place for the content of the channel's files. */
const contentOf = ({ keepFileBytes, maxInputBytes }: TapDeps, recorder: ChannelRecorder): KeptContent =>
  new KeptContent({
    fileBytes: keepFileBytes ?? KEPT_FILE_BYTES,
    channelBytes: maxInputBytes ?? MAX_INPUT_BYTES,
    keep: (piece) => recorder.fileContent(piece),
  });

/** Returns the handlers that mark what the audit of an SFTP channel did not understand; it goes on behind it. */
function doubts(deps: TapDeps, target: TapTarget, recorder: ChannelRecorder): Pick<SftpFactsOptions, 'onMalformed' | 'onTooMany'> {
  const { sessionId: session, channel } = target;
  const note = (why: string, message: string): void => {
    deps.logger.warn({ session, channel, why }, message);
    deps.onAuditGap?.(why);
  };
  let isNoted = false;
  return {
    onMalformed: (stream, data) => {
      if (!isNoted)
        note('malformed', 'an SFTP packet has parts that its protocol does not allow; the audit of the channel goes on behind it');
      isNoted = true;
      recorder.skip(stream, 'malformed', data);
    },
    onTooMany: () => {
      note('too-many', 'file operations may be missing: an SFTP client waits for too many answers or has too many open files');
      recorder.json(FrameKind.gap, { bytes: 0, why: 'too-many', stream: 'files' });
    },
  };
}

/** Writes the files that scp transfers into its recording, and its command line with its stderr. */
export function observeScp(deps: TapDeps, target: TapTarget, recorder: ChannelRecorder): Observer {
  const emit = fileWriter(deps, target, recorder);
  return watchProtocol(deps, target, recorder, {
    name: 'scp',
    start: (onBroken) => {
      const tap = createScpFacts({
        commandLine: target.opened.command ?? '',
        emit,
        clock: deps.clock,
        content: contentOf(deps, recorder),
        onBroken,
      });
      if (!tap) onBroken();
      return tap ? asObserver(tap) : unobserved;
    },
    input: (data) => recorder.pass('input', data),
    afterwards: observeCommands(deps, target, recorder),
  });
}
