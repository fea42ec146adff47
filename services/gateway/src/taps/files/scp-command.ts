/** scp's far side, as its command line asks for it. */
export interface ScpCommand {
  /** The asset receives (`-t`) or sends (`-f`). */
  readonly direction: 'upload' | 'download';
  readonly isRecursive: boolean;
  /** `-d`: the target must be a folder. */
  readonly isFolder: boolean;
  readonly paths: readonly string[];
}

/** Splits a command line as a shell would, as far as quotes and backslashes go. */
function words(commandLine: string): string[] {
  const found: string[] = [];
  for (const [, single, double, plain] of commandLine.matchAll(/(?:'([^']*)'|"((?:\\.|[^"\\])*)"|((?:\\.|[^\s'"\\])+))(?=(\s|$)?)/g)) {
    found.push(single ?? (double ?? plain ?? '').replace(/\\(.)/g, '$1'));
  }
  return found;
}

/** Reads `scp -t …` and `scp -f …`; undefined for anything else. */
export function parseScpCommand(commandLine: string): ScpCommand | undefined {
  const [program, ...rest] = words(commandLine.trim());
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
