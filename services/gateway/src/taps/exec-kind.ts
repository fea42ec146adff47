import type { ContentPolicy } from './channel-recorder.js';

/** What an exec request does, as far as recording minds. */
export type ExecKind = 'command' | 'scp' | 'bulk';

/** Where the programs of a transfer's far side lie; `./scp` could be anything. */
const PLACE = '(?:/usr/bin/|/usr/local/bin/|/bin/)?';
/**
 * scp's far side: `-t` takes files, `-f` gives them. Only the flags that clients send beside them: before `-t` an option with a
 * value (`scp -c -t -S PROGRAM a:b c`) would make it that value, and scp a client that runs any program.
 */
const SCP = new RegExp(`^${PLACE}scp\\s+(?:-[vrpdqE]+\\s+)*-[vrpdqE]*[tf][vrpdqE]*(?:\\s|$)`);
/** rsync's and git's far sides. */
const BULK = new RegExp(`^${PLACE}(?:rsync\\s+--server\\b|git-(?:upload|receive)-pack\\b|git-upload-archive\\b|git\\s+(?:upload|receive)-pack\\b)`);
/** What lets a line run something else as well. */
const SHELL_SYNTAX = /[;&|<>`$()\r\n]/;

/** Tells by the command line alone. What might be more than a transfer is a command, and its output is recorded. */
export function execKind(commandLine: string): ExecKind {
  const line = commandLine.trimStart();
  if (SHELL_SYNTAX.test(line)) return 'command';
  if (SCP.test(line)) return 'scp';
  return BULK.test(line) ? 'bulk' : 'command';
}

/** What is kept of its bytes. */
export const contentPolicy = { command: 'whole', scp: 'facts-only', bulk: 'hash-only' } satisfies Record<ExecKind, ContentPolicy>;
