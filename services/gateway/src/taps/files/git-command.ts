import { simpleCommands } from '../commands/index.js';

/** git's far side, as its command line asks for it. */
export interface GitCommand {
  /** The client pushes; else it fetches. */
  readonly isPush: boolean;
  readonly repository: string;
}

/** Reads `git-receive-pack 'x'`, `git upload-pack x` and their like; undefined for anything else. */
export function parseGitCommand(commandLine: string): GitCommand | undefined {
  const [words = [], ...more] = simpleCommands(commandLine);
  const program = words[0]?.split('/').at(-1);
  const name = program === 'git' ? `git-${words[1]}` : program;
  const repository = words.length > (program === 'git' ? 2 : 1) ? words.at(-1) : undefined;
  if (more.length > 0 || repository === undefined || !/^git-(?:upload-pack|receive-pack|upload-archive)$/.test(name ?? ''))
    return undefined;
  return { isPush: name === 'git-receive-pack', repository };
}
