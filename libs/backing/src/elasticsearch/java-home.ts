import { readdir, readFile, realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { chosenJavaHome } from '../config.js';
import { ToolMissing } from '../part.errors.js';
import { findTool } from '../process/find-tool.js';

/** An installed Java. */
interface Java {
  readonly home: string;
  readonly major: number;
}

/**
 * Returns the home of the oldest Java on this machine that is `atLeast` that version; ES_JAVA_HOME first.
 * @throws ToolMissing
 */
export async function javaHome(atLeast: number): Promise<string> {
  const found = (await Promise.all((await candidates()).map(inspect))).filter(
    (java) => java !== undefined && java.major >= atLeast,
  ) as Java[];
  const chosen = found.find((java) => java.home === chosenJavaHome()) ?? found.sort((a, b) => a.major - b.major)[0];
  if (chosen !== undefined) return chosen.home;
  throw new ToolMissing(
    `Java ${atLeast} or newer`,
    `install it (for 17: apt-get install openjdk-17-jre-headless) or set ES_JAVA_HOME to where one is`,
  );
}

async function candidates(): Promise<string[]> {
  const installed = (await readdir('/usr/lib/jvm').catch(() => [])).map((name) => join('/usr/lib/jvm', name));
  const java = findTool('java');
  const onPath = java === undefined ? [] : [dirname(dirname(await realpath(java)))];
  const chosen = chosenJavaHome();
  return [...(chosen === undefined ? [] : [chosen]), ...installed, ...onPath];
}

/** Reads the file `release` of a Java's home, which has a line JAVA_VERSION="17.0.15". */
async function inspect(home: string): Promise<Java | undefined> {
  const release = await readFile(join(home, 'release'), 'utf8').catch(() => '');
  const major = /^JAVA_VERSION="(\d+)/m.exec(release)?.[1];
  return major === undefined ? undefined : { home, major: Number(major) };
}
