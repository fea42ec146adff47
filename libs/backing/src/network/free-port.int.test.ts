import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { claimIfFree, claimPort, freePort } from './free-port.js';

const inAnotherProcess = async (script: string): Promise<string> => {
  const backing = new URL('../../dist/index.js', import.meta.url).href;
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--input-type=module',
    '-e',
    `import * as backing from ${JSON.stringify(backing)};\n${script}`,
  ]);
  return stdout.trim();
};

test('ports are below the ephemeral range and never returned twice', async () => {
  const ports = await Promise.all(Array.from({ length: 50 }, freePort));
  expect(new Set(ports).size).toBe(50);
  expect(Math.max(...ports)).toBeLessThan(32_768);
});

test('a port that another process has chosen is not chosen again, even before it is listened on', async () => {
  const port = await freePort();
  expect(await inAnotherProcess(`console.log(await backing.claimIfFree(${port})); process.exit(0)`)).toBe('false');
  expect(await claimPort('REST', port)).toBe(port); // this process may use it
  expect(await claimIfFree(port)).toBe(false); // for one purpose
});

test('a port is free again when the process that chose it is gone', async () => {
  const port = Number(await inAnotherProcess('console.log(await backing.freePort()); process.exit(0)'));
  expect(await claimIfFree(port)).toBe(true);
});
