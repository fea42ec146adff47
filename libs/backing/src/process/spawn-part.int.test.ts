import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort } from '../network/free-port.js';
import { spawnPart, type PartPlan } from './spawn-part.js';
import { waitUntil } from './wait-until.js';

let folder: string;
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'spawn-part-'))));
afterAll(() => rm(folder, { recursive: true, force: true }));

const plan = (script: string, more: Partial<PartPlan> = {}): PartPlan => ({
  name: 'thing',
  argv: [process.execPath, '-e', script],
  port: 1,
  url: 'x',
  logFile: join(folder, 'log'),
  ready: async () => (await readFile(join(folder, 'log'), 'utf8')).includes('listening'),
  ...more,
});

/** Returns false if the process is gone, or dead and not yet reaped by its present parent. */
const isAlive = (pid: number): boolean => {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
};

test('a part that ends while starting reports its exit code and the end of its log', async () => {
  const failing = plan('console.error("the disk is full"); process.exit(3)', { logFile: join(folder, 'failing') });
  await expect(spawnPart(failing)).rejects.toThrow(/thing stopped while starting \(exit code 3\)[^]*the disk is full/);
});

test('a program that does not exist is a clear error', async () => {
  const missing = plan('', { argv: ['/nowhere/prog'], logFile: join(folder, 'missing') });
  await expect(spawnPart(missing)).rejects.toThrow(/\/nowhere\/prog/);
});

test('a part that never answers is an error, and is stopped', async () => {
  const mute = plan('require("fs").writeFileSync(process.argv[1], String(process.pid)); setInterval(() => {}, 1000)', {
    readyDeadlineMs: 500,
  });
  const pidFile = join(folder, 'pid');
  const logFile = join(folder, 'mute');
  await expect(spawnPart({ ...mute, logFile, argv: [...mute.argv, pidFile] })).rejects.toThrow('thing did not answer within 0.5 s');
  expect(isAlive(Number(await readFile(pidFile, 'utf8')))).toBe(false);
});

test('a part that ignores its stop signal is killed at its deadline, with its children', async () => {
  const script = `
    process.on("SIGTERM", () => {});
    const child = require("child_process").spawn("sleep", ["1000"]);
    console.log("child", child.pid, "listening"); setInterval(() => {}, 1000)`;
  const part = await spawnPart(plan(script, { stopDeadlineMs: 300 }));
  const child = Number(/child (\d+)/.exec(await readFile(part.logFile, 'utf8'))?.[1]);
  await part.stop();
  expect(await part.exited).toEqual({ code: null, signal: 'SIGKILL' });
  expect(await waitUntil(async () => !isAlive(child), 2000)).toBe(true);
});

test('a part ends with the process that started it, even if that was killed', async () => {
  const script = `
    const { spawnPart } = await import(${JSON.stringify(new URL('../../dist/index.js', import.meta.url).href)});
    const part = await spawnPart({ name: 'x', argv: ['sleep', '1000'], port: 1, url: 'x', logFile: ${JSON.stringify(join(folder, 'orphan'))}, ready: async () => true });
    console.log(part.pid); setInterval(() => {}, 1000);`;
  const parent = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(parent.stdout, 'data')) as [Buffer];
  const pid = Number(line.toString());
  expect(isAlive(pid)).toBe(true);
  parent.kill('SIGKILL');
  expect(await waitUntil(async () => !isAlive(pid), 10_000)).toBe(true);
});

test('a part sees none of our own secrets in its environment', async () => {
  process.env['CALLER_TOKEN'] = 'mine';
  const part = await spawnPart(
    plan('console.log("listening", JSON.stringify(process.env)); setInterval(() => {}, 1000)', {
      env: { OWN: 'yes' },
      port: await freePort(),
      logFile: join(folder, 'environment'),
      ready: async () => (await readFile(join(folder, 'environment'), 'utf8')).includes('listening'),
    }),
  );
  const log = await readFile(part.logFile, 'utf8');
  await part.stop();
  expect(log).toContain('"OWN":"yes"');
  expect(log).not.toContain('CALLER_TOKEN');
});
