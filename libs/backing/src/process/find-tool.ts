import { accessSync, constants } from 'node:fs';
import { resolve } from 'node:path';
import { searchPath } from '../config.js';
import { ToolMissing } from '../part.errors.js';

/** Returns the absolute path of a program on PATH or in /usr/sbin (or `name` itself if it is absolute), or undefined. */
export function findTool(name: string): string | undefined {
  return searchPath()
    .map((dir) => resolve(dir, name))
    .find(isExecutable);
}

/**
 * Finds a program like findTool.
 * @throws ToolMissing with `remedy`, which names what to install.
 */
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
