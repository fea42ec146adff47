import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';
import { searchPath } from '../config.js';
import { ToolMissing } from '../part.errors.js';

/** The absolute path of a program on PATH or in /usr/sbin, or undefined. */
export function findTool(name: string): string | undefined {
  return searchPath().map((dir) => join(dir, name)).find(isExecutable);
}

/** Like findTool. @throws ToolMissing with `remedy`, which says what to install. */
export function requireTool(name: string, remedy: string): string {
  const path = findTool(name);
  if (path === undefined) throw new ToolMissing(name, remedy);
  return path;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
