import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  AsciicastWriter,
  decodeFileContent,
  decodeFrames,
  decodePayload,
  decodeSealedInput,
  FrameKind,
  frameKindName,
  isJsonKind,
} from './index.js';

const framesOf = (name: string): ReturnType<typeof decodeFrames> =>
  decodeFrames(Uint8Array.from(readFileSync(new URL(`../testdata/${name}`, import.meta.url))), { firstSeq: 1n });
const v1 = (): ReturnType<typeof decodeFrames> => framesOf('v1.spr');

function castOf(frames: ReturnType<typeof decodeFrames>, channel: number): string[] {
  const writer = new AsciicastWriter(channel);
  const cast = frames.map((frame) => writer.write(frame)).join('') + writer.end();
  return cast.split('\n').slice(1);
}

describe('a recording of format version 1', () => {
  it('has the frames it had when it was written', () => {
    expect(v1().map((frame) => [Number(frame.seq), frame.timeUs, frame.channel, frameKindName(frame.kind)])).toEqual([
      [1, 0, 0, 'session'],
      [2, 1_000, 1, 'channelOpen'],
      [3, 250_000, 1, 'output'],
      [4, 400_000, 1, 'resize'],
      [5, 900_000, 1, 'output'],
      [6, 910_000, 1, 'output'],
      [7, 911_000, 1, 'output'],
      [8, 950_000, 1, 'command'],
      [9, 1_000_000, 2, 'channelOpen'],
      [10, 1_100_000, 2, 'stderr'],
      [11, 1_200_000, 2, 'output'],
      [12, 1_250_000, 2, 'gap'],
      [13, 1_300_000, 2, 'channelClose'],
      [14, 1_400_000, 3, 'channelOpen'],
      [15, 1_500_000, 3, 'file'],
      [16, 1_600_000, 3, 'channelClose'],
      [17, 1_700_000, 1, 'channelClose'],
      [18, 1_800_000, 0, 'end'],
    ]);
  });

  it('has payloads that are still understood', () => {
    const values = v1().flatMap((frame) => (isJsonKind(frame.kind) ? [decodePayload(frame.kind, frame.payload)] : []));
    expect(values).toContainEqual(expect.objectContaining({ username: 'alice', asset_name: 'web-1', account: 'deploy' }));
    expect(values).toContainEqual(expect.objectContaining({ input: 'echo grüße', output: 'grüße\n', risk_level: 'accept' }));
    expect(values).toContainEqual(expect.objectContaining({ op: 'upload', path: '/tmp/report.pdf', bytes: 3 }));
    expect(values).toContainEqual({ exit_status: 7 });
  });

  it('still plays', () => {
    expect(castOf(v1(), 1)).toEqual([
      '[0.249000, "o", "deploy@web-1:~$ "]',
      '[0.399000, "r", "120x40"]',
      '[0.899000, "o", "echo grüße\\r\\n"]',
      '[0.909000, "o", "gr"]',
      '[0.910000, "o", "üße\\r\\n"]',
      '',
    ]);
  });
});

describe('a recording of format version 2 with input, content of files and sealed frames', () => {
  const frames = framesOf('v2.spr');

  it('has the frames it had when it was written', () => {
    const kinds = frames.filter(({ kind }) => !isJsonKind(kind)).map(({ channel, kind }) => [channel, frameKindName(kind)]);
    expect(kinds).toEqual([
      [1, 'input'],
      [2, 'fileContent'],
      [3, 'sealed'],
      [4, 'sealed'],
      [4, 'sealed'],
      [4, 'sealed'],
    ]);
  });

  it('has payloads that are still understood', () => {
    const content = frames.find(({ kind }) => kind === FrameKind.fileContent)!;
    const { id, offset, data } = decodeFileContent(content.payload);
    const fact = decodePayload(FrameKind.file, frames.find(({ kind }) => kind === FrameKind.file)!.payload);
    expect([fact.id, offset, new TextDecoder().decode(data), fact.kept_bytes]).toEqual([id, 0, '#!/bin/sh\n', 10]);
    const sealed = frames.filter(({ kind }) => kind === FrameKind.sealed).map(({ payload }) => decodeSealedInput(payload));
    expect(sealed.map(({ purpose, number }) => [purpose, number])).toEqual([
      [2, 0],
      [3, 0],
      [1, 1],
      [4, 2],
    ]);
  });

  it('plays, and says that there is sealed input', () => {
    expect(castOf(frames, 3)).toEqual(['[0.001000, "o", "\\r\\n[sallyport: sealed input, 7 bytes]\\r\\n"]', '']);
  });
});

describe('a recording with compressed payloads', () => {
  const frames = framesOf('v2-compressed.spr');

  it('has the frames it had when it was written, and plays', () => {
    expect(frames.map(({ seq, kind }) => [Number(seq), frameKindName(kind)])).toEqual([
      [1, 'session'],
      [2, 'channelOpen'],
      [3, 'output'],
      [4, 'stderr'],
      [5, 'output'],
      [6, 'end'],
    ]);
    expect(frames[2]!.payload.length).toBe(20_000);
    expect(frames[2]!.bytes.length).toBeLessThan(200);
    expect(castOf(frames, 1)[0]).toBe(`[0.001000, "o", ${JSON.stringify('a line of a log\r\n'.repeat(1_177).slice(0, 20_000))}]`);
    expect(new TextDecoder().decode(frames[4]!.payload)).toBe('done');
  });
});
