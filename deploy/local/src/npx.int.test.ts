import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const CHECKOUT = fileURLToPath(new URL('../../..', import.meta.url));

test('npx sallyport is a command of the checkout', async () => {
  const { stdout } = await promisify(execFile)('npx', ['--no', 'sallyport', 'verify', '--help'], { cwd: CHECKOUT });
  expect(stdout).toContain('Usage: sallyport verify');
});
