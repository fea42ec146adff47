import { describe, expect, it } from 'vitest';
import { PayloadInvalid } from '../format.errors.js';
import { FrameKind } from '../frame/frame-kind.js';
import { decodePayload, encodePayload, type JsonFrameKind, type JsonPayloads } from './json-payload.js';

const sha256 = 'ab'.repeat(32);
const payloads: JsonPayloads = {
  [FrameKind.session]: {
    format: 1,
    session_id: 's-1',
    org_id: 'o',
    user_id: 'u',
    username: 'alice',
    asset_id: 'a',
    asset_name: 'web-1',
    account: 'root',
    started_at: '2026-01-31T12:00:00.000Z',
    client_address: '192.0.2.1',
  },
  [FrameKind.channelOpen]: { kind: 'shell', pty: { term: 'xterm', cols: 80, rows: 24 } },
  [FrameKind.resize]: { cols: 132, rows: 43 },
  [FrameKind.command]: { id: 'c', kind: 'typed', input: 'ls é', output: '', risk_level: 'accept', started_us: 1, ended_us: 2 },
  [FrameKind.file]: { id: 'f', protocol: 'sftp', op: 'upload', path: '/tmp/x', bytes: 3, sha256, ok: true, started_us: 1, ended_us: 2 },
  [FrameKind.gap]: { bytes: 10, sha256, why: 'size-limit', stream: 'output' },
  [FrameKind.channelClose]: { exit_status: 7 },
  [FrameKind.end]: { reason: 'finished' },
};

const kinds = Object.keys(payloads).map(Number) as JsonFrameKind[];

describe('a JSON payload', () => {
  it.each(kinds)('of kind %i comes back as it was', (kind) => {
    expect(decodePayload(kind, encodePayload(kind, payloads[kind]))).toEqual(payloads[kind]);
  });

  it('names the field that is wrong', () => {
    const wrong = { ...payloads[FrameKind.channelOpen], pty: { term: 'xterm', cols: -1, rows: 24 } };
    expect(() => encodePayload(FrameKind.channelOpen, wrong)).toThrow(
      'The channelOpen payload is not valid: pty.cols must be a whole number',
    );
  });

  it.each([
    ['no UTF-8', Uint8Array.of(0xff)],
    ['no JSON', new TextEncoder().encode('{')],
    ['no object', new TextEncoder().encode('[]')],
    ['a missing field', new TextEncoder().encode('{"cols":1}')],
  ])('is refused with %s', (_, bytes) => {
    expect(() => decodePayload(FrameKind.resize, bytes)).toThrow(PayloadInvalid);
  });

  it.each([
    ['a command whose output was cut', FrameKind.command, { ...payloads[FrameKind.command], output_truncated: true, output_bytes: 70_000 }],
    ['a command that came through a pipe', FrameKind.command, { ...payloads[FrameKind.command], kind: 'piped' }],
    ['a line that a program read', FrameKind.command, { ...payloads[FrameKind.command], kind: 'program', program: 'sqlite3' }],
    ['a gap that may be a secret', FrameKind.gap, { bytes: 9, why: 'secret', stream: 'input' }],
  ] as const)('of %s comes back as it was', (_, kind, value) => {
    expect(decodePayload(kind, encodePayload(kind, value))).toEqual(value);
  });

  it('may have fields that a later version added', () => {
    expect(decodePayload(FrameKind.resize, new TextEncoder().encode('{"cols":1,"rows":2,"pixels":3}'))).toEqual({ cols: 1, rows: 2 });
  });
});
