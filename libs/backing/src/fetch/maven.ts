import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheDirectory } from '../config.js';
import type { Report } from '../part.js';
import { requireTool } from '../process/find-tool.js';
import { runCommand } from '../process/run-command.js';

/** A zip in Maven Central. */
export interface MavenZip {
  readonly group: string;
  readonly artifact: string;
  readonly version: string;
}

/**
 * Returns the folder with the content of a Maven zip, downloaded and unpacked once into the cache.
 * @throws ToolMissing, CommandFailed
 */
export async function folderFromMaven(zip: MavenZip, report: Report): Promise<string> {
  const home = join(cacheDirectory(), `${zip.artifact}-${zip.version}`);
  if (
    await stat(home).then(
      () => true,
      () => false,
    )
  )
    return home;
  report(`downloading ${zip.artifact} ${zip.version} from Maven Central`);
  const work = `${home}.${process.pid}.part`;
  await mkdir(join(work, 'content'), { recursive: true });
  try {
    await download(zip, work);
    await runCommand('chmod', ['-R', 'a+rX', join(work, 'content')]);
    await rename(join(work, 'content'), home).catch(unlessThere(home));
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return home;
}

/** Accepts the folder of another process that fetched the same thing first. */
function unlessThere(home: string): (error: unknown) => Promise<void> {
  return async (error) => {
    if (
      !(await stat(home).then(
        () => true,
        () => false,
      ))
    )
      throw error;
  };
}

async function download(zip: MavenZip, work: string): Promise<void> {
  const mvn = requireTool('mvn', 'install the package maven (apt-get install maven)');
  const artifact = `${zip.group}:${zip.artifact}:${zip.version}:zip`;
  await runCommand(mvn, ['-q', '-B', 'dependency:copy', `-Dartifact=${artifact}`, `-DoutputDirectory=${work}`], { cwd: work });
  const file = join(work, `${zip.artifact}-${zip.version}.zip`);
  await runCommand(requireTool('unzip', 'install the package unzip'), ['-q', file, '-d', join(work, 'content')]);
}
