import { simpleCommands } from '../commands/index.js';

/** The server side of rsync, as its command line starts it. */
export interface RsyncCommand {
  readonly direction: 'upload' | 'download';
  /** Arguments behind the `.` that ends the options; empty if the client sends them later (`--secluded-args`). */
  readonly paths: readonly string[];
}

/** Parses `rsync --server …`. Returns undefined for another command line. */
export function parseRsyncCommand(commandLine: string): RsyncCommand | undefined {
  const [args = [], ...more] = simpleCommands(commandLine);
  if (more.length > 0 || args[1] !== '--server' || args[0]?.split('/').at(-1) !== 'rsync') return undefined;
  return { direction: args.includes('--sender') ? 'download' : 'upload', paths: rsyncPaths(args) };
}

/** Returns the paths among rsync's arguments. */
export const rsyncPaths = (args: readonly string[]): string[] => (args.includes('.') ? args.slice(args.indexOf('.') + 1) : []);
