import type { ContentPolicy } from './channel-recorder.js';
import { parseGitCommand, parseRsyncCommand, type GitCommand, type RsyncCommand } from './files/index.js';

/** The kind of an exec request by its command line. The bytes that follow may contradict it. */
export type ExecKind =
  | { kind: 'command' }
  | { kind: 'scp' }
  | { kind: 'rsync'; command: RsyncCommand }
  | { kind: 'git'; command: GitCommand };

/** Directories of the server-side programs of a transfer; `./scp` could be any program. */
const PLACE = '(?:/usr/bin/|/usr/local/bin/|/bin/)?';
/**
 * The server side of scp: `-t` receives files, `-f` sends them. Only the flags that clients send are allowed beside them. An option with a value
 * (`scp -c -t -S PROGRAM a:b c`) would turn `-t` into that value, and scp into a client that runs any program.
 */
const SCP = new RegExp(`^${PLACE}scp\\s+(?:-[vrpdqE]+\\s+)*-[vrpdqE]*[tf][vrpdqE]*(?:\\s|$)`);
/** The server sides of rsync and git. */
const SYNC = new RegExp(
  `^${PLACE}(?:rsync\\s+--server\\b|git-(?:upload|receive)-pack\\b|git-upload-archive\\b|git\\s+(?:upload|receive)-pack\\b)`,
);
/** Characters that let a command line run a second program. */
const SHELL_SYNTAX = /[;&|<>`$()\r\n]/;

/** Returns the kind of an exec request by its command line alone. A line that may do more than a transfer is a command. */
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

/** Returns what the recording keeps of the output while the channel speaks the protocol of its command line. */
export function contentPolicy(exec: ExecKind): ContentPolicy {
  if (exec.kind === 'command') return 'whole';
  const isInFacts = exec.kind === 'scp' || (exec.kind === 'rsync' && exec.command.direction === 'download');
  return isInFacts ? 'facts-only' : 'hash-only';
}
