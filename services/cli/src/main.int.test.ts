import { execFileSync, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const NO_FILE = fileURLToPath(new URL('../testdata/none.tar', import.meta.url));

/** Returns the Node programs on PATH, by version: often there is the machine's older one beside ours. */
function nodes(): [version: string, path: string][] {
  const paths = execFileSync('which', ['-a', 'node'], { encoding: 'utf8' }).trim().split('\n');
  return [...new Map(paths.map((path) => [execFileSync(path, ['--version'], { encoding: 'utf8' }).trim(), path]))];
}

describe('the sallyport command', () => {
  it.each(nodes())('runs on Node %s', (_, node) => {
    const help = spawnSync(node, [MAIN, 'verify', '--help'], { encoding: 'utf8' });
    expect(help.stderr).toBe('');
    expect(help.stdout).toContain('--public-key');
    const wrong = spawnSync(node, [MAIN, 'verify', NO_FILE, '--public-key', NO_FILE], { encoding: 'utf8' });
    expect(wrong.status).toBe(2);
    expect(wrong.stderr).toContain('none.tar');
    expect(wrong.stderr).not.toContain('SyntaxError');
  });
});
