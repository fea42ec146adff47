import type { ContentPolicy } from './channel-recorder.js';
import { parseGitCommand, parseRsyncCommand, type GitCommand, type RsyncCommand } from './files/index.js';

/** What an exec request asks for. What it is, its bytes show. */
export type ExecKind =
  | { kind: 'command' }
  | { kind: 'scp' }
  | { kind: 'rsync'; command: RsyncCommand }
  | { kind: 'git'; command: GitCommand };

/** Where the programs of a transfer's far side lie; `./scp` could be anything. */
const PLACE = '(?:/usr/bin/|/usr/local/bin/|/bin/)?';
/**
 * scp's far side: `-t` takes files, `-f` gives them. Only the flags that clients send beside them: before `-t` an option with a
 * value (`scp -c -t -S PROGRAM a:b c`) would make it that value, and scp a client that runs any program.
 */
const SCP = new RegExp(`^${PLACE}scp\\s+(?:-[vrpdqE]+\\s+)*-[vrpdqE]*[tf][vrpdqE]*(?:\\s|$)`);
/** rsync's and git's far sides. */
const SYNC = new RegExp(
  `^${PLACE}(?:rsync\\s+--server\\b|git-(?:upload|receive)-pack\\b|git-upload-archive\\b|git\\s+(?:upload|receive)-pack\\b)`,
);
/** What lets a line run something else as well. */
const SHELL_SYNTAX = /[;&|<>`$()\r\n]/;

/** Tells by the command line alone. What might be more than a transfer is a command. */
export function execKind(commandLine: string): ExecKind {
  const line = commandLine.trimStart();
  if (SHELL_SYNTAX.test(line)) return { kind: 'command' };
  if (SCP.test(line)) return { kind: 'scp' };
  return SYNC.test(line) ? syncKind(line) : { kind: 'command' };
}

function syncKind(line: string): ExecKind {
  const rsync = parseRsyncCommand(line);
  if (rsync) return { kind: 'rsync', command: rsync };
  const git = parseGitCommand(line);
  return git ? { kind: 'git', command: git } : { kind: 'command' };
}

/** What is kept of its output, as long as that is what was asked for. */
export function contentPolicy(exec: ExecKind): ContentPolicy {
  if (exec.kind === 'command') return 'whole';
  const isInFacts = exec.kind === 'scp' || (exec.kind === 'rsync' && exec.command.direction === 'download');
  return isInFacts ? 'facts-only' : 'hash-only';
}
