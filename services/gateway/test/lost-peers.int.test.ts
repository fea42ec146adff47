import { readFileSync } from 'node:fs';
import { EndReason } from '@sallyport/proto-gen/access/v1/session';
import { FrameKind } from '@sallyport/recording-format';
import { openShell, type SshShell } from '@sallyport/testkit';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { aGateway, type TestGateway } from './a-gateway.js';

let g: TestGateway;
beforeAll(async () => {
  g = await aGateway({ keepaliveSeconds: 1 });
});
afterAll(() => g.stop());

async function openReady(): Promise<SshShell> {
  const shell = openShell(g.alice());
  shell.type('echo $((40+2))\n');
  await shell.expect('42');
  return shell;
}

const closedWith = (reason: EndReason): Promise<void> =>
  vi.waitFor(() => expect(g.core.closed.at(-1)).toMatchObject({ reason, sessionId: g.recordings.last.meta.session_id }), 15_000);

/** Returns the pid of the asset's sshd process that serves this shell. */
async function serverOf(shell: SshShell): Promise<number> {
  shell.type('echo "server=$PPID;"\n');
  await shell.expect(/server=\d+;/);
  return Number(/server=(\d+);/.exec(shell.shown())?.[1]);
}

/** Returns the processes that a process has started: the client may run behind one that owns the terminal. */
const childrenOf = (pid: number): number[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);

describe('a session whose asset', () => {
  it('stops answering ends with that reason: its user, its recording and core know it', async () => {
    const shell = await openReady();
    const pid = await serverOf(shell);
    process.kill(pid, 'SIGSTOP');
    try {
      await shell.expect(/ended because web-1 stopped answering/, 15_000);
      expect(await shell.exited).toBe(255);
      await closedWith(EndReason.ASSET_UNRESPONSIVE);
      expect(g.core.closed.at(-1)).toMatchObject({ detail: 'the asset stopped answering' });
      expect(g.recordings.last.facts(FrameKind.end)).toMatchObject([{ reason: 'asset-unresponsive' }]);
    } finally {
      process.kill(pid, 'SIGKILL');
    }
  });

  it('stops answering while input for it piles up ends in the same time', async () => {
    const shell = await openReady();
    const pid = await serverOf(shell);
    process.kill(pid, 'SIGSTOP');
    try {
      shell.type(`: ${'x'.repeat(200_000)}\n`);
      await shell.expect(/stopped answering/, 15_000);
      await closedWith(EndReason.ASSET_UNRESPONSIVE);
    } finally {
      process.kill(pid, 'SIGKILL');
    }
  });

  it('breaks off ends as a lost connection', async () => {
    const shell = await openReady();
    process.kill(await serverOf(shell), 'SIGKILL');
    await shell.expect(/connection to web-1 was lost/, 5_000);
    await closedWith(EndReason.ASSET_LOST);
  });

  it('runs its program to the end is finished', async () => {
    const shell = await openReady();
    shell.type('exit\n');
    expect(await shell.exited).toBe(0);
    await closedWith(EndReason.FINISHED);
  });
});

it('a session whose client stops answering ends as a lost client', async () => {
  const shell = await openReady();
  const pids = [shell.pid, ...childrenOf(shell.pid)];
  for (const pid of pids) process.kill(pid, 'SIGSTOP');
  try {
    await closedWith(EndReason.CLIENT_LOST);
    expect(g.core.closed.at(-1)).toMatchObject({ detail: 'the client stopped answering' });
  } finally {
    for (const pid of pids) process.kill(pid, 'SIGKILL');
  }
});
