import { readFileSync } from 'node:fs';
import { SourceMap, type SourceMapPayload } from 'node:module';
import { fileURLToPath } from 'node:url';

// Shows the lines of the TypeScript sources in stack traces. A service loads it with `--import`. Node's own --enable-source-maps reads and
// keeps the map of every module at start, 5 to 15 MB a process; this reads a file's map when an error's stack first shows that file.

const LOCATION = /(file:\/\/[^\s()]+):(\d+):(\d+)/;
const MAP_LINK = /\n\/\/# sourceMappingURL=(\S+)\s*$/;

/** Maps by the URL of the compiled file; undefined for a file without a map. */
const maps = new Map<string, SourceMap | undefined>();

Error.prepareStackTrace = (error, sites) => `${headOf(error)}${sites.map((site) => `\n    at ${atSource(String(site))}`).join('')}`;

function headOf(error: Error): string {
  try {
    return Error.prototype.toString.call(error);
  } catch {
    return 'Error'; // its name or message can't be read
  }
}

/** Returns a stack frame with its place in the source, if there is a map. */
function atSource(frame: string): string {
  const [location, file = '', line, column] = LOCATION.exec(frame) ?? [];
  if (location === undefined) return frame;
  if (!maps.has(file)) maps.set(file, readMap(file));
  const entry = maps.get(file)?.findEntry(Number(line) - 1, Number(column) - 1);
  if (!entry || !('originalSource' in entry)) return frame;
  return frame.replace(location, `${new URL(entry.originalSource, file).href}:${entry.originalLine + 1}:${entry.originalColumn + 1}`);
}

function readMap(file: string): SourceMap | undefined {
  try {
    const link = MAP_LINK.exec(readFileSync(fileURLToPath(file), 'utf8'))?.[1];
    return link === undefined ? undefined : new SourceMap(JSON.parse(readFileSync(new URL(link, file), 'utf8')) as SourceMapPayload);
  } catch {
    return undefined; // a stack trace with compiled lines is better than none
  }
}
