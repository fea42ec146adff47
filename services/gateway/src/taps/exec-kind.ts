import type { ContentPolicy } from './channel-recorder.js';

/** What an exec request does, as far as recording minds. */
export type ExecKind = 'command' | 'scp' | 'bulk';

/** Programs that clients start on the far side of a transfer. Their traffic is content, not a terminal's. */
const BULK = /^(?:\S*\/)?(?:rsync\s+--server\b|git-(?:upload|receive)-pack\b|git-upload-archive\b|git\s+(?:upload|receive)-pack\b)/;
/** scp's own far side: `-t` takes files, `-f` gives them. */
const SCP = /^(?:\S*\/)?scp\s+(?:-\S+\s+)*-[a-zA-Z]*[tf]\b/;

/** Tells by the command line alone; whoever dresses a transfer up as a command is recorded up to the channel's bound. */
export function execKind(commandLine: string): ExecKind {
  const line = commandLine.trimStart();
  if (SCP.test(line)) return 'scp';
  return BULK.test(line) ? 'bulk' : 'command';
}

/** What is kept of its bytes. */
export const contentPolicy = { command: 'whole', scp: 'facts-only', bulk: 'hash-only' } satisfies Record<ExecKind, ContentPolicy>;
