/** The server side of scp, as its command line starts it. */
export interface ScpCommand {
  /** Upload if the asset receives (`-t`), download if it sends (`-f`). */
  readonly direction: 'upload' | 'download';
  readonly isRecursive: boolean;
  /** `-d`: the target must be a directory. */
  readonly isFolder: boolean;
  readonly paths: readonly string[];
}

/** Splits a command line into arguments as a shell does, with regard to quotes and backslashes only. */
function argumentsOf(commandLine: string): string[] {
  const found: string[] = [];
  for (const [, single, double, plain] of commandLine.matchAll(/(?:'([^']*)'|"((?:\\.|[^"\\])*)"|((?:\\.|[^\s'"\\])+))(?=(\s|$)?)/g)) {
    found.push(single ?? (double ?? plain ?? '').replace(/\\(.)/g, '$1'));
  }
  return found;
}

/** Parses `scp -t …` and `scp -f …`. Returns undefined for another command line. */
export function parseScpCommand(commandLine: string): ScpCommand | undefined {
  const [program, ...rest] = argumentsOf(commandLine.trim());
  if (program === undefined || !/(?:^|\/)scp$/.test(program)) return undefined;
  let flags = '';
  let at = 0;
  for (; rest[at]?.startsWith('-') && rest[at] !== '-'; at += 1) {
    if (rest[at] === '--') break;
    flags += rest[at]?.slice(1) ?? '';
  }
  if (rest[at] === '--') at += 1;
  const isSink = flags.includes('t');
  if (isSink === flags.includes('f')) return undefined;
  const paths = rest.slice(at);
  return {
    direction: isSink ? 'upload' : 'download',
    isRecursive: flags.includes('r'),
    isFolder: flags.includes('d'),
    paths: paths.length > 0 ? paths : ['.'],
  };
}
