import { execFileSync } from 'node:child_process';
import path from 'node:path';

/** Builds the preload library that forces TCP_NODELAY. Returns undefined without a compiler; the printed figures then mention it. */
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
