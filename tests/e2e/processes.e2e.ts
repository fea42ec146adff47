import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { openShell, runSsh, type SshShell } from '@sallyport/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cpuSeconds } from '../load/process-cost.ts';
import { aProduct, type Product } from './product.ts';
import { eventually } from './wait.ts';

let product: Product;
beforeAll(async () => {
  product = await aProduct({ parts: [] });
});
afterAll(() => product.remove());

/** An open session, with the text typed into it. */
interface Live {
  readonly shell: SshShell;
  readonly session: string;
  /** Gateway id of the data process that serves it. */
  readonly gateway: string;
  readonly words: string[];
}

/** Types a command that prints a word which was not typed. */
async function type(shell: SshShell, words: string[]): Promise<void> {
  const word = `w${randomBytes(6).toString('hex')}`;
  words.push(word);
  shell.type(`echo ${word} | tr a-z A-Z\r`);
  await shell.expect(word.toUpperCase());
}

async function live(): Promise<Live> {
  const shell = openShell(product.demo);
  await shell.expect(/[$#%>] ?$/);
  const words: string[] = [];
  await type(shell, words);
  const { session } = await eventually(30_000, async () => (await product.admin.commands({ search: words[0] ?? '' })).results[0]);
  return { shell, session, gateway: (await product.admin.session(session)).gateway, words };
}

/** Opens two sessions on two data processes. It takes several tries if one of them has just started or is busier. */
async function onTwoProcesses(): Promise<[Live, Live]> {
  const one = await live();
  for (let tries = 0; tries < 10; tries++) {
    const other = await live();
    if (other.gateway !== one.gateway) return [one, other];
  }
  throw new Error('all sessions are on one data process');
}

/** Finds the process of a gateway id in the gateway's log. */
async function pidOf(gateway: string): Promise<number> {
  const log = await readFile(path.join(path.dirname(product.run.public_key_file), 'log', 'gateway.log'), 'utf8');
  const lines = log.split('\n').filter((line) => line.includes('"a data process serves"'));
  const found = lines.map((line) => JSON.parse(line) as { gateway: string; pid: number }).find((line) => line.gateway === gateway);
  if (!found) throw new Error(`no data process "${gateway}" in the log`);
  return found.pid;
}

const isGone = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return false;
  } catch {
    return true;
  }
};

/** Expects that the session is lost, and that its recording verifies and contains everything typed. */
async function expectLostButKept({ session, words }: Live): Promise<void> {
  await eventually(50_000, async () => ((await product.admin.session(session)).state === 'lost' ? true : undefined));
  const bundle = await eventually(90_000, () => product.admin.replay(session, 'bundle'));
  expect(await product.verifyBundle(bundle)).toMatchObject({ code: 0 });
  const replay = (await product.admin.replay(session, 'asciicast')).toString();
  for (const word of words) expect(replay, word).toContain(word.toUpperCase());
}

describe('one data process', () => {
  it('killed: its sessions are lost but recorded, sessions of the other process continue, and logins never fail', async () => {
    const [dying, staying] = await onTwoProcesses();
    for (let i = 0; i < 5; i++) await type(dying.shell, dying.words);
    await product.recorded(dying.session, dying.words.at(-1)!.toUpperCase());
    process.kill(await pidOf(dying.gateway), 'SIGKILL');
    await Promise.all(
      Array.from({ length: 4 }, async () => expect(await runSsh({ ...product.demo, command: 'echo in' })).toMatchObject({ code: 0 })),
    );
    expect(await dying.shell.exited).toBe(255);
    for (let i = 0; i < 10; i++) await type(staying.shell, staying.words);
    await expectLostButKept(dying);
    await type(staying.shell, staying.words);
    staying.shell.type('exit 4\r');
    expect(await staying.shell.exited).toBe(4);
    const newcomers = await onTwoProcesses();
    expect(newcomers.map(({ gateway }) => gateway)).not.toContain(dying.gateway);
    for (const { shell } of newcomers) shell.type('exit\r');
  });

  it('that no longer answers is killed and replaced, and new logins go to the other meanwhile', async () => {
    const [stopped, staying] = await onTwoProcesses();
    await product.recorded(stopped.session, stopped.words.at(-1)!.toUpperCase());
    const pid = await pidOf(stopped.gateway);
    process.kill(pid, 'SIGSTOP');
    for (let i = 0; i < 4; i++) expect(await runSsh({ ...product.demo, command: 'echo in' })).toMatchObject({ code: 0 });
    await eventually(30_000, async () => (isGone(pid) ? true : undefined));
    await type(staying.shell, staying.words);
    await expectLostButKept(stopped);
    staying.shell.type('exit\r');
  });
});

it('new logins avoid a data process with a bulk transfer', async () => {
  const [bulk, ...others] = [await live(), await live(), await live()];
  for (const { shell } of others) shell.type('exit\r');
  const pid = await pidOf(bulk?.gateway ?? '');
  const before = cpuSeconds(pid);
  bulk?.shell.type('yes\r');
  await eventually(30_000, async () => (cpuSeconds(pid) - before > 1 ? true : undefined)); // several load reports say that it is busy
  const newcomers = [await live(), await live(), await live()];
  expect(newcomers.map(({ gateway }) => gateway)).not.toContain(bulk?.gateway);
  for (const { shell } of newcomers) shell.type('exit\r');
  await bulk?.shell.close();
});

it('SIGTERM drains the sessions of all data processes', async () => {
  const sessions = await onTwoProcesses();
  const gateway = await product.kill('gateway', 'SIGTERM');
  for (const { shell } of sessions) await shell.expect(/This gateway is being restarted/);
  for (const { shell } of sessions) await shell.exited;
  for (const { session } of sessions) {
    await eventually(20_000, async () => ((await product.admin.session(session)).state === 'active' ? undefined : true));
    expect(await product.admin.session(session)).toMatchObject({ state: 'finished', end_reason: 'drained' });
  }
  await product.backAgain('gateway', gateway);
});

it('data processes end with their control process', async () => {
  const sessions = await onTwoProcesses();
  const pids = await Promise.all(sessions.map(({ gateway }) => pidOf(gateway)));
  const killed = await product.kill('gateway');
  await eventually(5_000, async () => (pids.every(isGone) ? true : undefined));
  for (const { shell } of sessions) expect(await shell.exited).toBe(255);
  for (const session of sessions) await expectLostButKept(session);
  await product.backAgain('gateway', killed);
});
