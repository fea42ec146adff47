import { describe, expect, it } from 'vitest';
import { encodeFrame } from '../frame/encode-frame.js';
import { FrameKind } from '../frame/frame-kind.js';
import { decodeFrames } from '../frame/frame-decoder.js';
import { encodePayload, type JsonFrameKind, type JsonPayloads } from '../payload/json-payload.js';
import { AsciicastWriter } from './asciicast-writer.js';
import { channelOpenedBy, channelToPlay } from './channel-list.js';

const meta: JsonPayloads[typeof FrameKind.session] = {
  format: 1,
  session_id: 's-1',
  org_id: 'o',
  user_id: 'u',
  username: 'alice',
  asset_id: 'a',
  asset_name: 'web-1',
  account: 'root',
  started_at: '2026-01-31T12:00:00.000Z',
};

/** Writes frames one second apart, the session's own first. */
function recording() {
  const pieces: Uint8Array[] = [];
  const add = (channel: number, kind: FrameKind, payload: Uint8Array): void => {
    pieces.push(encodeFrame({ seq: BigInt(pieces.length + 1), timeUs: pieces.length * 1_000_000, channel, kind }, payload));
  };
  const self = {
    json: <K extends JsonFrameKind>(channel: number, kind: K, value: JsonPayloads[K]) => (
      add(channel, kind, encodePayload(kind, value)), self
    ),
    raw: (channel: number, kind: FrameKind, bytes: Uint8Array | string) => (
      add(channel, kind, typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes), self
    ),
    frames: () => pieces.flatMap((piece) => decodeFrames(piece)),
  };
  return self.json(0, FrameKind.session, meta);
}

function castOf(frames: ReturnType<typeof decodeFrames>, channel: number): unknown[] {
  const writer = new AsciicastWriter(channel);
  const text = frames.map((frame) => writer.write(frame)).join('') + writer.end();
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as unknown);
}

describe('asciicast', () => {
  it('has a header with size, time, title and terminal, and events that count from the opening', () => {
    const frames = recording()
      .json(1, FrameKind.channelOpen, { kind: 'shell', pty: { term: 'xterm', cols: 100, rows: 30 } })
      .raw(1, FrameKind.output, '$ ')
      .json(1, FrameKind.resize, { cols: 132, rows: 43 })
      .raw(1, FrameKind.stderr, 'oops\n')
      .frames();
    expect(castOf(frames, 1)).toEqual([
      { version: 2, width: 100, height: 30, timestamp: 1769860801, title: 'alice on root@web-1', env: { TERM: 'xterm' } },
      [1, 'o', '$ '],
      [2, 'r', '132x43'],
      [3, 'o', 'oops\n'],
    ]);
  });

  it('puts a character together that two frames share, and shows bytes that are not UTF-8', () => {
    const frames = recording()
      .json(1, FrameKind.channelOpen, { kind: 'shell', pty: { term: 'xterm', cols: 80, rows: 24 } })
      .raw(1, FrameKind.output, Uint8Array.of(0xe2, 0x82))
      .raw(1, FrameKind.output, Uint8Array.of(0xac, 0xff, 0xf0, 0x9f))
      .frames();
    expect(castOf(frames, 1).slice(1)).toEqual([
      [2, 'o', '€\ufffd'],
      [2, 'o', '\ufffd'],
    ]);
  });

  it('keeps channels apart', () => {
    const frames = recording()
      .json(1, FrameKind.channelOpen, { kind: 'exec', command: 'true' })
      .json(2, FrameKind.channelOpen, { kind: 'exec', command: 'false' })
      .raw(1, FrameKind.output, 'one')
      .raw(2, FrameKind.output, 'two')
      .frames();
    expect(castOf(frames, 2)).toEqual([expect.objectContaining({ command: 'false', width: 80, height: 24 }), [2, 'o', 'two']]);
  });

  it('adds the carriage returns that a program without a terminal did not need', () => {
    const frames = recording()
      .json(1, FrameKind.channelOpen, { kind: 'exec', command: 'x' })
      .raw(1, FrameKind.output, 'a\nb\r\nc\r')
      .raw(1, FrameKind.output, '\nd\n')
      .frames();
    expect(castOf(frames, 1).slice(1)).toEqual([
      [1, 'o', 'a\r\nb\r\nc\r'],
      [2, 'o', '\nd\r\n'],
    ]);
  });

  it('has no input', () => {
    const frames = recording().json(1, FrameKind.channelOpen, { kind: 'exec', command: 'x' }).raw(1, FrameKind.input, 'id\n').frames();
    expect(castOf(frames, 1)).toHaveLength(1);
  });

  it('shows a gap, so that a cut recording does not pass for a whole one', () => {
    const frames = recording()
      .json(1, FrameKind.channelOpen, { kind: 'exec', command: 'x' })
      .json(1, FrameKind.gap, { bytes: 5000, sha256: '0'.repeat(64), why: 'size-limit' })
      .frames();
    expect(castOf(frames, 1)[1]).toEqual([1, 'o', '\r\n[sallyport: 5000 bytes are not in this recording: size-limit]\r\n']);
  });
});

it.each(['commands', 'files'])('an asciicast is silent where output was not searched for %s: it has all of it', (stream) => {
  const frames = recording()
    .json(1, FrameKind.channelOpen, { kind: 'exec', command: 'x' })
    .json(1, FrameKind.gap, { bytes: 5000, why: 'overflow', stream })
    .frames();
  expect(castOf(frames, 1)).toHaveLength(1);
});

describe('the channel to play', () => {
  it('is the first with a terminal, else the first', () => {
    const frames = recording()
      .json(1, FrameKind.channelOpen, { kind: 'exec', command: 'x'.repeat(2000) })
      .json(2, FrameKind.channelOpen, { kind: 'shell', pty: { term: 'vt100', cols: 80, rows: 24 } })
      .frames();
    const channels = frames.flatMap((frame) => channelOpenedBy(frame) ?? []);
    expect(channels.map((one) => [one.channel, one.kind, one.has_terminal, one.command.length])).toEqual([
      [1, 'exec', false, 1025],
      [2, 'shell', true, 0],
    ]);
    expect([channelToPlay(channels), channelToPlay(channels.slice(0, 1)), channelToPlay([])]).toEqual([2, 1, undefined]);
  });
});
