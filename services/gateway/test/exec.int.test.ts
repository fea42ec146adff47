import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { EndReason } from '@sallyport/proto-gen/access/v1/session';
import { FrameKind } from '@sallyport/recording-format';
import { runSsh, sha256Hex } from '@sallyport/testkit';
import { aGateway, type TestGateway } from './a-gateway.js';

let g: TestGateway;
beforeAll(async () => {
  g = await aGateway();
});
afterAll(() => g.stop());

describe('a command', () => {
  it('returns its output, errors and exit code, and its recording contains the command', async () => {
    const result = await runSsh({ ...g.alice(), command: 'echo hi; echo oops >&2; exit 7' });
    expect({ ...result, stdout: result.stdout.toString() }).toEqual({ code: 7, stdout: 'hi\n', stderr: 'oops\n' });
    const recording = g.recordings.last;
    await vi.waitFor(() => expect(recording.isClosed).toBe(true), 5_000);
    expect(recording.meta).toMatchObject({
      username: 'alice',
      asset_name: 'web-1',
      account: g.account,
      client_address: '127.0.0.1',
      gateway_id: 'gateway-under-test',
    });
    expect(recording.facts(FrameKind.channelOpen)).toEqual([{ kind: 'exec', command: 'echo hi; echo oops >&2; exit 7' }]);
    expect([recording.text(1), recording.text(1, FrameKind.stderr)]).toEqual(['hi\n', 'oops\n']);
    expect(recording.facts(FrameKind.command)).toMatchObject([{ kind: 'exec', input: 'echo hi; echo oops >&2; exit 7' }]);
    expect(recording.facts(FrameKind.channelClose)).toEqual([{ exit_status: 7 }]);
    expect(recording.facts(FrameKind.end)).toMatchObject([{ reason: 'finished' }]);
    const end = { sessionId: recording.meta.session_id, reason: EndReason.FINISHED, lastSeq: BigInt(recording.frames.length + 1) };
    await vi.waitFor(() => expect(g.core.closed.at(-1)).toMatchObject(end), 5_000);
  });

  it('receives input of any size whole, and EOF', async () => {
    const input = randomBytes(6_000_000);
    const result = await runSsh({ ...g.alice(), command: 'cat', input });
    expect([result.code, sha256Hex(result.stdout)]).toEqual([0, sha256Hex(input)]);
  });

  it('returns megabytes of stderr whole before its exit code', async () => {
    const result = await runSsh({ ...g.alice(), command: 'head -c 20000000 /dev/zero >&2; exit 3' });
    expect([result.code, result.stderr.length]).toEqual([3, 20_000_000]);
  });

  it('that a signal kills is recorded with the signal', async () => {
    const result = await runSsh({ ...g.alice(), command: 'kill -TERM $$' });
    expect(result.code).toBe(255);
    await vi.waitFor(() => expect(g.recordings.last.facts(FrameKind.channelClose)).toEqual([{ signal: 'TERM' }]), 5_000);
  });

  it('runs many times without losing a byte or an exit code', async () => {
    for (let round = 0; round < 10; round += 1) {
      const result = await runSsh({ ...g.alice(), command: `echo ${round}; exit ${round}` });
      expect([result.code, result.stdout.toString()]).toEqual([round, `${round}\n`]);
    }
  });
});
