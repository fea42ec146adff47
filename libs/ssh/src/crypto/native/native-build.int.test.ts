import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { selectCrypto } from '../index.js';

const script = fileURLToPath(new URL('../../../native/build.mjs', import.meta.url));
const build = (...env: [string, string][]): string =>
  execFileSync(process.execPath, [script, '--force'], { encoding: 'utf8', env: { ...process.env, ...Object.fromEntries(env) } });

describe('the native addon', () => {
  it('builds with the installed compiler, passes its self-test and becomes the active implementation', () => {
    expect(build()).toContain('native crypto built');
    expect(selectCrypto('native').name).toBe('native');
    expect(selectCrypto().description).toContain('native addon over OpenSSL');
  });

  it('is skipped with a clear message without a compiler, and the installation continues', () => {
    expect(build(['CC', '/nonexistent/cc'])).toMatch(/NOT built: no C compiler.*node:crypto/);
  });
});
