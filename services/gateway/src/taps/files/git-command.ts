import { simpleCommands } from '../commands/index.js';

/** The server side of git, as its command line starts it. */
export interface GitCommand {
  /** True for a push, false for a fetch. */
  readonly isPush: boolean;
  readonly repository: string;
}

/** Parses `git-receive-pack 'x'`, `git upload-pack x` and their variants. Returns undefined for another command line. */
export function parseGitCommand(commandLine: string): GitCommand | undefined {
  const [args = [], ...more] = simpleCommands(commandLine);
  const program = args[0]?.split('/').at(-1);
  const name = program === 'git' ? `git-${args[1]}` : program;
  const repository = args.length > (program === 'git' ? 2 : 1) ? args.at(-1) : undefined;
  if (more.length > 0 || repository === undefined || !/^git-(?:upload-pack|receive-pack|upload-archive)$/.test(name ?? ''))
    return undefined;
  return { isPush: name === 'git-receive-pack', repository };
}
