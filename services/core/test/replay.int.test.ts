import { createHash, randomBytes } from 'node:crypto';
import { get } from 'node:http';
import { EndReason } from '@sallyport/proto-gen/access/v1/session';
import { uuidv7 } from '@sallyport/context';
import { readSessionListEnd } from '@sallyport/crypto';
import { freePort } from '@sallyport/testkit';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { aCore, type CallOptions, type TestCore } from './a-core.js';
import { identity, TestGateway } from './a-gateway.js';
import { FakeRecorder } from './some-peers.js';
import { aWorkplace, PASSWORD } from './some-people.js';

let core: TestCore;
let port: number;
let sessionId: string;
let recorder: FakeRecorder;
let running: { stop(): Promise<void> };

const CHANNELS = [
  { channel: 1, kind: 'exec', command: 'uptime', openedUs: 250_000n, counts: { outputBytes: 61n, commands: 1, files: 0 } },
  { channel: 3, kind: 'shell', command: '', openedUs: 2_000_000n, counts: undefined },
];

beforeAll(async () => {
  port = await freePort();
  core = await aCore({ CORE_RECORDER_ADDRESS: `127.0.0.1:${port}` });
  const gateway = new TestGateway(core);
  const place = await aWorkplace(core);
  sessionId = (await gateway.grant(identity(await gateway.password(place.username, PASSWORD)), place.asset)).sessionId;
  gateway.close();
});
afterAll(() => core.stop());

beforeEach(async () => {
  recorder = new FakeRecorder();
  recorder.data = randomBytes(100_000);
  recorder.recording = {
    lastSeq: 42n,
    sizeBytes: 100_000n,
    durationUs: 5_000_000n,
    closed: true,
    channels: CHANNELS,
    link: Buffer.alloc(0),
  };
  running = await recorder.start(core, port);
});
afterEach(() => running.stop());

async function replay(query = '', headers: Record<string, string> = {}, id = sessionId) {
  const response = await fetch(`http://127.0.0.1:${core.core.httpPort}/api/v1/terminal/sessions/${id}/replay${query}`, {
    headers: { authorization: `Bearer ${core.admin}`, ...headers },
  });
  return { status: response.status, headers: Object.fromEntries(response.headers), body: Buffer.from(await response.arrayBuffer()) };
}
const call = (path: string, options: CallOptions = {}) => core.call('GET', path, { token: core.admin, ...options });
const lastAsked = () => recorder.asked.at(-1);

describe('a native replay', () => {
  it('comes whole, with its length and a name', async () => {
    const { status, headers, body } = await replay();
    expect({ status, equal: body.equals(recorder.data) }).toEqual({ status: 200, equal: true });
    expect(headers).toMatchObject({
      'content-type': 'application/vnd.sallyport.recording',
      'content-length': '100000',
      'accept-ranges': 'bytes',
      'content-disposition': `attachment; filename="${sessionId}.spr"`,
      'cache-control': 'no-store',
    });
  });

  it('comes in parts that join to the whole', async () => {
    const first = await replay('', { range: 'bytes=0-39999' });
    const rest = await replay('', { range: 'bytes=40000-', 'if-range': first.headers['etag'] ?? '' });
    expect([first.status, first.headers['content-range'], rest.status, rest.headers['content-range']]).toEqual([
      206,
      'bytes 0-39999/100000',
      206,
      'bytes 40000-99999/100000',
    ]);
    expect(Buffer.concat([first.body, rest.body]).equals(recorder.data)).toBe(true);
  });

  it('a part beyond the end is 416', async () => {
    expect(await replay('', { range: 'bytes=100000-' })).toMatchObject({ status: 416, headers: { 'content-range': 'bytes */100000' } });
  });

  it('of a running session is what there is so far', async () => {
    recorder.recording = { ...recorder.recording!, closed: false };
    const { status, headers, body } = await replay('', { range: 'bytes=0-9' });
    expect({ status, ranges: headers['accept-ranges'], equal: body.equals(recorder.data) }).toEqual({
      status: 200,
      ranges: 'none',
      equal: true,
    });
    expect(lastAsked()).toMatchObject({ call: 'readFrames', fromUs: 0n, toUs: 0n });
  });

  it('is cut by time', async () => {
    expect((await replay('?from_seconds=1.5&to_seconds=4')).status).toBe(200);
    expect(lastAsked()).toMatchObject({ call: 'readFrames', sessionId, fromUs: 1_500_000n, toUs: 4_000_000n });
    expect(await call(`terminal/sessions/${sessionId}/replay?from_seconds=4&to_seconds=4`)).toMatchObject({
      status: 400,
      json: { error: { code: 'REPLAY_RANGE_INVALID' } },
    });
  });
});

describe('other formats', () => {
  it('an asciicast is of the channel asked for', async () => {
    const { status, headers, body } = await replay('?format=asciicast&channel=3');
    expect({ status, type: headers['content-type'], equal: body.equals(recorder.data) }).toEqual({
      status: 200,
      type: 'application/x-asciicast',
      equal: true,
    });
    expect(lastAsked()).toMatchObject({ call: 'readAsciicast', sessionId, channel: 3 });
  });

  it('an asciicast begins where a row of the command search says, and ends when asked to', async () => {
    expect((await replay('?format=asciicast&channel=3&from_seconds=2.25&to_seconds=4&markers=none')).status).toBe(200);
    expect(lastAsked()).toMatchObject({ channel: 3, fromUs: 2_250_000n, toUs: 4_000_000n, withoutMarkers: true });
  });

  it('an asciicast of a channel that there is not is 404, and says which there are', async () => {
    expect(await call(`terminal/sessions/${sessionId}/replay?format=asciicast&channel=7`)).toMatchObject({
      status: 404,
      json: { error: { code: 'REPLAY_CHANNEL_NOT_FOUND', message: expect.stringContaining('has no channel 7: it has 1, 3') } },
    });
  });

  it('a bundle comes once the recording is closed, before that it is 409', async () => {
    expect(await replay('?format=bundle')).toMatchObject({ status: 200, headers: { 'content-type': 'application/x-tar' } });
    recorder.recording = { ...recorder.recording!, closed: false };
    expect(await call(`terminal/sessions/${sessionId}/replay?format=bundle`)).toMatchObject({
      status: 409,
      json: { error: { code: 'RECORDING_NOT_CLOSED' } },
    });
  });

  it('an unknown one is 400', async () => {
    expect((await call(`terminal/sessions/${sessionId}/replay?format=mp4`)).status).toBe(400);
  });
});

it('the channels of a recording are listed, each with what the asset was asked for', async () => {
  expect(await call(`terminal/sessions/${sessionId}/channels`)).toMatchObject({
    status: 200,
    json: {
      count: 2,
      results: [
        { channel: 1, kind: 'exec', command: 'uptime', opened_seconds: 0.25, output_bytes: 61, commands: 1, files: 0 },
        { channel: 3, kind: 'shell', command: '', opened_seconds: 2, output_bytes: null, commands: null, files: null },
      ],
    },
  });
});

describe('what is not there', () => {
  it('a session without recording is 404, and so is an unknown session', async () => {
    recorder.recording = undefined;
    expect(await call(`terminal/sessions/${sessionId}/replay`)).toMatchObject({
      status: 404,
      json: { error: { code: 'RECORDING_NOT_FOUND' } },
    });
    expect(await call(`terminal/sessions/${uuidv7()}/replay`)).toMatchObject({
      status: 404,
      json: { error: { code: 'SESSION_NOT_FOUND' } },
    });
  });

  it('a recorder that is away is a 503 with a helpful message', async () => {
    await running.stop();
    expect(await call(`terminal/sessions/${sessionId}/replay`)).toMatchObject({
      status: 503,
      json: { error: { code: 'RECORDER_UNAVAILABLE', message: expect.stringContaining('Nothing is lost') } },
    });
  });

  it('a recorder that breaks off breaks the download off: it never looks whole', async () => {
    for (const query of ['', '?format=asciicast']) {
      recorder.breaksAfter = recorder.sent + 3;
      await expect(replay(query)).rejects.toThrow();
    }
  });

  it('a recorder that fails before the first byte is a 503 with its own message', async () => {
    recorder.breaksAfter = 0;
    expect(await call(`terminal/sessions/${sessionId}/replay`)).toMatchObject({
      status: 503,
      json: { error: { code: 'STORE_BROKEN', message: 'STORE_BROKEN of a peer' } },
    });
  });
});

describe('a reader', () => {
  /** Opens a replay of 64 MB and reads only the first piece. */
  async function slowReader() {
    recorder.data = Buffer.alloc(64 * 1024 * 1024, 7);
    recorder.recording = { ...recorder.recording!, sizeBytes: BigInt(recorder.data.length) };
    const url = `http://127.0.0.1:${core.core.httpPort}/api/v1/terminal/sessions/${sessionId}/replay`;
    return new Promise<{ destroy(): void }>((resolve, reject) => {
      const request = get(url, { headers: { authorization: `Bearer ${core.admin}` } }, (response) => {
        response.pause();
        resolve({ destroy: () => request.destroy() });
      });
      request.once('error', (error: NodeJS.ErrnoException) => (error.code === 'ECONNRESET' ? undefined : reject(error)));
    });
  }

  it('that is slow holds the recorder back, and one that leaves ends its call', async () => {
    const reader = await slowReader();
    let before = -1;
    await vi.waitFor(
      () => {
        const isStill = recorder.sent === before;
        before = recorder.sent;
        expect(isStill).toBe(true);
      },
      { timeout: 10_000, interval: 500 },
    );
    expect(recorder.sent * recorder.pieceBytes).toBeLessThan(24 * 1024 * 1024);
    expect(recorder.isCancelled).toBe(false);
    reader.destroy();
    await vi.waitFor(() => expect(recorder.isCancelled).toBe(true), { timeout: 5_000, interval: 50 });
  });

  it('is in the audit log, with the format', async () => {
    await replay('?format=asciicast');
    const { json } = await call('audits/events?type=session.replay-read&limit=1&order=-date_created');
    expect(json['results']?.[0]).toMatchObject({
      outcome: 'success',
      actor: { name: 'admin' },
      resource: { kind: 'session', id: sessionId },
      facts: { format: 'asciicast' },
    });
  });

  it('is refused to a user that is neither auditor nor admin', async () => {
    const place = await aWorkplace(core);
    const token = await core.signIn(place.username, PASSWORD);
    recorder.asked.length = 0;
    expect((await call(`terminal/sessions/${sessionId}/replay`, { token })).status).toBe(403);
    expect(recorder.asked).toEqual([]);
  });
});

describe('a recording that differs from what the gateway of the ended session reported', () => {
  const link = Buffer.alloc(32, 7);
  let endedId: string;

  beforeAll(async () => {
    const gateway = new TestGateway(core);
    const place = await aWorkplace(core);
    endedId = (await gateway.grant(identity(await gateway.password(place.username, PASSWORD)), place.asset)).sessionId;
    const end = { sessionId: endedId, reason: EndReason.FINISHED, detail: '', lastSeq: 42n, link, endedAt: undefined };
    await gateway.access.unary('closeSession', end, { timeoutMs: 10_000 });
    gateway.close();
  });

  it('is shown if it is the one that was sent, and while its last frames are still on their way', async () => {
    recorder.recording = { ...recorder.recording!, link };
    expect((await replay('', {}, endedId)).status).toBe(200);
    recorder.recording = { ...recorder.recording, lastSeq: 40n, link: Buffer.alloc(32, 9) };
    expect((await replay('', {}, endedId)).status).toBe(200);
  });

  it.each([
    ['another one of the same length', { link: Buffer.alloc(32, 8) }, /their hash chain is another/],
    ['one with frames added', { lastSeq: 43n, link: Buffer.alloc(32, 8) }, /it has 43 frames, the gateway sent 42/],
  ])('is not shown: %s; the attempt is audited', async (_, changes, said) => {
    recorder.recording = { ...recorder.recording!, ...changes };
    for (const format of ['native', 'asciicast', 'bundle']) {
      const { status, body } = await replay(`?format=${format}`, {}, endedId);
      expect([status, JSON.parse(body.toString())]).toEqual([
        409,
        { error: expect.objectContaining({ code: 'RECORDING_ALTERED', message: expect.stringMatching(said) }) },
      ]);
    }
    const { results } = (await call('audits/events?type=session.recording-altered&limit=3')).json as unknown as {
      results: { facts: { why: string } }[];
    };
    expect(results).toHaveLength(3);
    expect(results[0]!.facts.why).toMatch(said);
  });

  it('stands in the list of session proofs, with its length and chain', async () => {
    const response = await fetch(`http://127.0.0.1:${core.core.httpPort}/api/v1/terminal/session-proofs`, {
      headers: { authorization: `Bearer ${core.admin}` },
    });
    const lines = (await response.text())
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as object);
    expect(lines).toContainEqual(
      expect.objectContaining({ session_id: endedId, state: 'finished', last_seq: 42, link: link.toString('hex') }),
    );
    expect(lines).toContainEqual(expect.objectContaining({ session_id: sessionId, state: 'active', last_seq: null, link: null }));
  });

  it('stands in a list whose last line core signed: the number of sessions, and the hash of their lines', async () => {
    const { text } = await core.call('GET', 'terminal/session-proofs', { token: core.admin });
    const lines = text.split(/(?<=\n)/);
    const end = readSessionListEnd(Buffer.from(lines.at(-1)!), core.auditKeys);
    expect(end).toMatchObject({
      sessions: lines.length - 1,
      sha256: createHash('sha256').update(lines.slice(0, -1).join('')).digest('hex'),
    });
    expect(Date.parse(end.time)).toBeLessThanOrEqual(Date.now());
  });
});
