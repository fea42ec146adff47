import { execFileSync } from 'node:child_process';
import path from 'node:path';

/** Builds the preload that forces TCP_NODELAY. Undefined where there is no compiler: the figures then say so. */
export function buildNoDelayPreload(directory: string): string | undefined {
  const library = path.join(directory, 'nodelay.so');
  try {
    execFileSync('cc', ['-O2', '-shared', '-fPIC', '-o', library, path.join(import.meta.dirname, 'preload/nodelay.c'), '-ldl'], {
      stdio: 'pipe',
    });
    return library;
  } catch {
    return undefined;
  }
}
