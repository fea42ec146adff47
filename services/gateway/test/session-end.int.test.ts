import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { EndReason } from '@sallyport/proto-gen/access/v1/session';
import { RecordingMode } from '@sallyport/proto-gen/access/v1/session';
import { FrameKind, type GapFact } from '@sallyport/recording-format';
import { openShell, runSsh, sha256Hex, untilStill, type SshShell } from '@sallyport/testkit';
import { aGateway, type TestGateway } from './a-gateway.js';

let g: TestGateway;
beforeAll(async () => {
  g = await aGateway();
});
afterAll(() => g.stop());
afterEach(() => {
  delete g.core.grantChanges.idleTimeout;
  delete g.core.grantChanges.expiresAt;
  delete g.core.grantChanges.lease;
});

async function openReady(target = g.alice()): Promise<SshShell> {
  const shell = openShell(target);
  shell.type('echo $((40+2))\n');
  await shell.expect('42');
  return shell;
}

const closedWith = (reason: EndReason): Promise<void> =>
  vi.waitFor(() => expect(g.core.closed.at(-1)).toMatchObject({ reason, sessionId: g.recordings.last.meta.session_id }), 8_000);
const seconds = (n: number): { seconds: bigint; nanos: number } => ({ seconds: BigInt(n), nanos: 0 });

describe('a session ends', () => {
  it('at once when an admin terminates it over the bus', async () => {
    const shell = await openReady();
    g.terminate({ sessionId: g.recordings.last.meta.session_id, message: 'Ended by an administrator: lunch.', requestedBy: 'root' });
    await shell.expect('Ended by an administrator: lunch.', 2_000);
    expect(await shell.exited).toBe(255);
    await closedWith(EndReason.TERMINATED);
    expect(g.recordings.last.facts(FrameKind.end)).toMatchObject([{ reason: 'terminated' }]);
  });

  it('with a message that can’t write to the clipboard, clear the screen or turn text around', async () => {
    const shell = await openReady();
    const message = 'Bye \u001b]52;c;ZWNobw==\u0007\u001b[2J\u009b2J\u202egnp';
    g.terminate({ sessionId: g.recordings.last.meta.session_id, message, requestedBy: 'root' });
    await shell.expect('Bye \uFFFD]52;c;ZWNobw==\uFFFD\uFFFD[2J\uFFFD2J\uFFFDgnp', 2_000);
    expect(await shell.exited).toBe(255);
  });

  it('not because of a forged message on NATS: core is asked, and neither the end nor its text reaches the user', async () => {
    const shell = await openReady();
    const sessionId = g.recordings.last.meta.session_id;
    const asked = g.core.renewed.length;
    for (let forged = 0; forged < 50; forged++) g.forgeTerminate({ sessionId, message: '\u001b[2JYou are pwned', requestedBy: 'root' });
    g.forgeTerminate({ sessionId: 'another session', message: 'x', requestedBy: 'root' });
    await vi.waitFor(async () => expect(await g.metrics()).toMatch(/^gateway_unconfirmed_terminations_total\{[^}]*\} 50$/m), 5_000);
    expect(g.core.renewed.length - asked).toBeLessThan(5);
    expect(g.log.filter((line) => line.includes('core does not confirm') && line.includes(sessionId))).toHaveLength(50);
    shell.type('echo $((60+6))\n');
    await shell.expect('66');
    expect(shell.shown()).not.toContain('pwned');
    shell.type('exit\n');
    await shell.exited;
  });

  it('when core’s answer to the lease renewal ends it', async () => {
    g.core.grantChanges.lease = seconds(3);
    const shell = await openReady();
    g.core.toEnd.push({ sessionId: g.recordings.last.meta.session_id, reason: EndReason.REVOKED, message: 'Your permission ended.' });
    await shell.expect('Your permission ended.', 12_000);
    expect(await shell.exited).toBe(255);
    await closedWith(EndReason.REVOKED);
  });

  it('when nothing was typed for the idle time, even if the asset sends output', async () => {
    g.core.grantChanges.idleTimeout = seconds(2);
    const shell = await openReady();
    shell.type('while :; do echo tick; sleep 0.2; done\n');
    await shell.expect(/nothing was typed for 2 seconds/, 6_000);
    expect(await shell.exited).toBe(255);
    await closedWith(EndReason.IDLE);
  });

  it('not while the user types, nor while a command without a terminal sends output', async () => {
    g.core.grantChanges.idleTimeout = seconds(1);
    const shell = await openReady();
    for (let key = 0; key < 8; key += 1) {
      shell.type('x');
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
    shell.type('\u0015exit 3\n');
    expect(await shell.exited).toBe(3);
    const result = await runSsh({ ...g.alice(), command: 'for i in 1 2 3 4 5 6 7 8; do echo $i; sleep 0.3; done; exit 2' });
    expect(result.code).toBe(2);
  });

  it('when it reaches its maximum duration', async () => {
    g.core.grantChanges.expiresAt = new Date(Date.now() + 2_500);
    const shell = await openReady();
    await shell.expect(/reached its maximum duration/, 6_000);
    expect(await shell.exited).toBe(255);
    await closedWith(EndReason.MAX_DURATION);
  });

  it.each([
    [EndReason.PERMISSION_EXPIRED, /because your permission for it has expired/],
    [EndReason.USER_EXPIRED, /because your user has expired/],
  ])('when the right to it expires, and says which (%s)', async (reason, message) => {
    g.core.grantChanges.expiresAt = new Date(Date.now() + 2_500);
    g.core.grantChanges.expiryReason = reason;
    const shell = await openReady();
    await shell.expect(message, 6_000);
    delete g.core.grantChanges.expiryReason;
    expect(await shell.exited).toBe(255);
    await closedWith(reason);
  });

  it('for a reason of a later core too, which it hands back', async () => {
    g.core.grantChanges.lease = seconds(3);
    const shell = await openReady();
    g.core.toEnd.push({ sessionId: g.recordings.last.meta.session_id, reason: 99 as EndReason, message: 'A new reason.' });
    await shell.expect('A new reason.', 12_000);
    await closedWith(99 as EndReason);
    expect(g.recordings.last.facts(FrameKind.end)).toMatchObject([{ reason: 'unknown' }]);
  });

  it('when it can no longer be recorded', async () => {
    const shell = await openReady();
    g.recordings.last.fail('spool is full');
    await shell.expect(/can no longer be recorded/, 3_000);
    expect(await shell.exited).toBe(255);
    await closedWith(EndReason.UNRECORDABLE);
  });

  it('when the client is killed, and its recording is complete', async () => {
    const shell = await openReady();
    const recording = g.recordings.last;
    process.kill(shell.pid, 'SIGKILL');
    await vi.waitFor(() => expect(recording.isClosed).toBe(true), 8_000);
    await closedWith(EndReason.FINISHED);
    expect(recording.facts(FrameKind.channelClose)).toHaveLength(1);
  });

  it('when the client disconnects before core has decided', async () => {
    g.core.openDelayMs = 1_500;
    const [asked, opened] = [g.core.askedToOpen, g.core.opened.length];
    const shell = openShell(g.alice());
    await vi.waitFor(() => expect(g.core.askedToOpen).toBe(asked + 1), 10_000);
    process.kill(shell.pid, 'SIGKILL');
    await vi.waitFor(() => expect(g.core.opened.length).toBe(opened + 1), 5_000);
    g.core.openDelayMs = 0;
    const sessionId = g.core.opened.at(-1)?.sessionId;
    await vi.waitFor(() => expect(g.core.closed).toContainEqual(expect.objectContaining({ sessionId, reason: EndReason.FINISHED })), 8_000);
  });

  it('with a message when the connection to the asset breaks', async () => {
    const shell = await openReady();
    shell.type('kill -9 $PPID\n'); // the sshd process of this connection
    await shell.expect(/connection to web-1 was lost/, 5_000);
    expect(await shell.exited).toBe(255);
    await closedWith(EndReason.ASSET_LOST);
  });

  it('not because core is unavailable: it goes on, and its end is reported when core is back', async () => {
    g.core.grantChanges.lease = seconds(3);
    const shell = await openReady();
    const { session_id: sessionId } = g.recordings.last.meta;
    g.core.isAway = true;
    const leaseEnds = Date.now() + 3_000;
    await vi.waitFor(() => expect(g.gateway.coreError()).toContain('away'), 10_000);
    await vi.waitFor(() => expect(Date.now()).toBeGreaterThan(leaseEnds), 10_000);
    shell.type('echo $((50+5))\n');
    await shell.expect('55');
    shell.type('exit\n');
    await shell.exited;
    g.core.renewed.length = 0;
    g.core.isAway = false;
    await vi.waitFor(() => expect(g.core.closed.at(-1)).toMatchObject({ sessionId }), 12_000);
    await vi.waitFor(() => expect(g.gateway.coreError()).toBeUndefined(), 5_000);
  });
});

describe('the output of a channel', () => {
  it('is recorded up to its bound, and beyond it as a gap with size and hash', async () => {
    g.core.grantChanges.maxOutputBytes = 1_000_000n;
    const result = await runSsh({ ...g.alice(), command: 'head -c 3000000 /dev/zero' });
    delete g.core.grantChanges.maxOutputBytes;
    expect(result.stdout).toHaveLength(3_000_000);
    const recording = g.recordings.last;
    await vi.waitFor(() => expect(recording.isClosed).toBe(true), 8_000);
    expect(recording.text(1)).toHaveLength(1_000_000);
    const sha256 = sha256Hex(Buffer.alloc(2_000_000));
    expect(recording.facts(FrameKind.gap)).toEqual([{ bytes: 2_000_000, sha256, why: 'size-limit', stream: 'output' }]);
  });

  it('ends a strict session at its bound, with a message, so that nothing passes unrecorded', async () => {
    g.core.grantChanges.maxOutputBytes = 1_048_576n;
    g.core.grantChanges.recordingMode = RecordingMode.STRICT;
    const shell = openShell(g.alice());
    shell.type("head -c 3000000 /dev/zero | tr '\\0' x; echo; echo un$((40+2))seen\n");
    await shell.expect(/printed more than the 1 MiB that may be recorded/, 10_000);
    delete g.core.grantChanges.maxOutputBytes;
    delete g.core.grantChanges.recordingMode;
    await closedWith(EndReason.UNRECORDABLE);
    expect(g.recordings.last.facts(FrameKind.gap).filter((gap) => (gap as GapFact).stream === 'output')).toEqual([]);
    expect(g.recordings.last.text(1).length).toBeGreaterThan(1_048_576);
  });

  it('is recorded whole without a bound, also behind 64 MiB', async () => {
    g.core.grantChanges.maxOutputBytes = 0n;
    const result = await runSsh({ ...g.alice(), command: 'head -c 70000000 /dev/zero; echo shown-at-the-end' });
    delete g.core.grantChanges.maxOutputBytes;
    expect([result.stdout.length, result.stdout.subarray(-17).toString()]).toEqual([70_000_017, 'shown-at-the-end\n']);
    const recording = g.recordings.last;
    await vi.waitFor(() => expect(recording.isClosed).toBe(true), 8_000);
    expect([recording.bytes(1), recording.facts(FrameKind.gap)]).toEqual([70_000_017, []]);
  });

  it('waits while the recording is full, and nothing is lost', async () => {
    const before = g.recordings.all.length;
    const running = runSsh({ ...g.alice(), command: 'sleep 1; head -c 30000000 /dev/zero' });
    await vi.waitFor(() => expect(g.recordings.all.length).toBeGreaterThan(before), 5_000);
    await vi.waitFor(() => expect(g.recordings.last.facts(FrameKind.channelOpen)).toHaveLength(1), 5_000);
    const recording = g.recordings.last;
    recording.setFull(true);
    await vi.waitFor(() => expect(recording.bytes(1)).toBeGreaterThan(0), 10_000);
    await untilStill(() => recording.bytes(1));
    expect(recording.text(1).length).toBeLessThan(2.5 * 1024 * 1024); // one window, no more
    recording.setFull(false);
    expect((await running).stdout).toHaveLength(30_000_000);
  });
});
