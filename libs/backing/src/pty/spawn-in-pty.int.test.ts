import { expect, test } from 'vitest';
import { waitUntil } from '../process/wait-until.js';
import { spawnInPty, type PtyOptions, type PtyProcess } from './spawn-in-pty.js';

function watch(argv: [string, ...string[]], options: PtyOptions = {}): { terminal: PtyProcess; shown: () => string } {
  const terminal = spawnInPty(argv, options);
  let shown = '';
  terminal.output.on('data', (chunk: Buffer) => (shown += chunk.toString()));
  return { terminal, shown: () => shown };
}

test('the program is on a terminal of the requested size, and its exit code is returned', async () => {
  const { terminal, shown } = watch(['sh', '-c', 'test -t 0 && test -t 1 && stty size; exit 5'], { columns: 101, rows: 33 });
  expect(await terminal.exited).toBe(5);
  expect(shown().trim()).toBe('33 101');
});

test('a new size arrives while the program runs', async () => {
  const { terminal, shown } = watch(['sh', '-c', 'read line; stty size; read line']);
  terminal.resize(120, 40);
  terminal.input.write('go\n');
  expect(await waitUntil(async () => shown().includes('40 120'), 5000)).toBe(true);
  terminal.kill();
});

test('a large paste is echoed whole', async () => {
  const { terminal, shown } = watch(['sh', '-c', 'stty raw -echo; echo ready; head -c 500000 | wc -c; stty sane']);
  await waitUntil(async () => shown().includes('ready'), 5000);
  terminal.input.write('x'.repeat(500_000));
  await terminal.exited;
  expect(shown()).toContain('500000');
});

test('closing the input hangs the program up', async () => {
  const { terminal } = watch(['sleep', '1000']);
  terminal.input.end();
  expect(await terminal.exited).toBe(129);
});
