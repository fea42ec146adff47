import { simpleCommands } from '../commands/index.js';

/** rsync's far side, as its command line asks for it. */
export interface RsyncCommand {
  readonly direction: 'upload' | 'download';
  /** What comes after the `.` of its options; empty where the client sends it later (`--secluded-args`). */
  readonly paths: readonly string[];
}

/** Reads `rsync --server …`; undefined for anything else. */
export function parseRsyncCommand(commandLine: string): RsyncCommand | undefined {
  const [words = [], ...more] = simpleCommands(commandLine);
  if (more.length > 0 || words[1] !== '--server' || words[0]?.split('/').at(-1) !== 'rsync') return undefined;
  return { direction: words.includes('--sender') ? 'download' : 'upload', paths: rsyncPaths(words) };
}

/** The paths among rsync's arguments. */
export const rsyncPaths = (words: readonly string[]): string[] => (words.includes('.') ? words.slice(words.indexOf('.') + 1) : []);
