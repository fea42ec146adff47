import { generateKeyPairSync } from 'node:crypto';
import { verifyingKeysIn } from '@sallyport/crypto';
import { describe, expect, it } from 'vitest';
import { asBundle, aRecording, type Files, publicKeyPem, someFrames } from '../../test/a-recording.js';
import { encodeCompressedInto, encodeFrame, FRAME_OVERHEAD_BYTES, FrameKind } from '@sallyport/recording-format';
import type { Findings } from './findings.js';
import { verifyBundle } from './verify-bundle.js';

const keys = verifyingKeysIn(publicKeyPem).map((key) => ({ ...key, file: 'public.pem' }));

async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
const verify = (bytes: Uint8Array, size = 65_536): Promise<Findings> => verifyBundle('b.tar', inPieces(bytes, size), keys);
const problemsOf = async (files: Files): Promise<readonly string[]> => (await verify(await asBundle(files))).problems;

/** Returns the recording with one of its files changed. */
function changed(name: RegExp, change: (bytes: Buffer) => Buffer): Files {
  return new Map([...aRecording()].map(([key, bytes]) => [key, name.test(key) ? change(Buffer.from(bytes)) : bytes]));
}

describe('a bundle', () => {
  it.each([1, 7, 512, 65_536])('that was not changed is proven, read in pieces of %i bytes', async (size) => {
    expect(await verify(await asBundle(aRecording({ cutAfter: [1, 3] })), size)).toEqual({
      label: 'b.tar',
      verdict: 'proven',
      signedBy: keys[0],
      summary: expect.stringMatching(
        /^session s-1: alice on root@web-1 from 2026-01-31T12:00:00.000Z, 0.0 s, 5 frames, \d+ bytes in 3 parts$/,
      ),
      problems: [],
      notes: [],
    });
  });

  it('fails after a single flipped bit, wherever it is', async () => {
    const good = await asBundle(aRecording());
    const missed: number[] = [];
    for (let at = 0; at < good.length; at += 3) {
      const bad = Buffer.from(good);
      bad[at]! ^= 1 << (at % 8);
      const { verdict, problems } = await verify(bad);
      if (verdict !== 'failed' || problems.length === 0) missed.push(at);
    }
    expect(missed).toEqual([]);
  }, 60_000);

  it('fails if it is cut anywhere, or something is added', async () => {
    const good = await asBundle(aRecording());
    for (let length = 0; length < good.length; length += 97) expect((await verify(good.subarray(0, length))).verdict).toBe('failed');
    expect((await verify(Buffer.concat([good, Buffer.alloc(512)]))).problems).toEqual([
      expect.stringContaining('something follows the end mark'),
    ]);
  });

  it('fails if a recorder signed a compressed payload that no player can expand', async () => {
    const noZstd = Buffer.concat([Buffer.of(0, 0, 0, 9), Buffer.from('something')]);
    const bytes = Buffer.alloc(FRAME_OVERHEAD_BYTES + noZstd.length);
    encodeCompressedInto(bytes, { seq: 3n, timeUs: 2_000, channel: 1, kind: FrameKind.output }, noZstd);
    const frames = someFrames('s-1').map((frame, at) => (at === 2 ? bytes : frame));
    const { verdict, problems } = await verify(await asBundle(aRecording({ frames })));
    expect([verdict, problems]).toEqual(['failed', [expect.stringContaining('the payload of frame 3 can not be expanded')]]);
  });

  it('of a lost session is proven and states that the end may be missing', async () => {
    const frames = someFrames('s-1').slice(0, 4);
    expect(await verify(await asBundle(aRecording({ frames })))).toMatchObject({
      verdict: 'proven',
      summary: expect.stringContaining('the gateway was lost'),
    });
  });
});

describe('every problem is reported as a text', () => {
  it('another key signed it', async () => {
    const other = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    expect(await problemsOf(aRecording({ key: other }))).toEqual([expect.stringContaining('It was signed with key')]);
  });

  it('a changed byte, with its part and place', async () => {
    const problems = await problemsOf(changed(/part-0+4/, (bytes) => (bytes.writeUInt8(1, 30), bytes)));
    expect(problems).toEqual([
      expect.stringMatching(/^part "part-0+4-0+5-\w+\.spr": The recording is damaged at byte 0: the checksum of frame 4 is wrong$/),
      expect.stringContaining('its SHA-256 is not the one that was signed'),
      expect.stringContaining('the hash chain is broken here'),
    ]);
  });

  it('a frame that was taken out, though every checksum in it is right', async () => {
    const frames = someFrames('s-1');
    const problems = await problemsOf(changed(/part-0+1/, () => Buffer.concat([frames[0]!, frames[2]!])));
    expect(problems[0]).toContain('Frame 2 is missing: frame 3 follows frame 1');
  });

  it('a frame that was replaced by a valid one', async () => {
    const forged = encodeFrame({ seq: 4n, timeUs: 3000, channel: 1, kind: FrameKind.output }, Buffer.from('a b d\r\n'));
    const problems = await problemsOf(changed(/part-0+4/, (bytes) => Buffer.concat([forged, bytes.subarray(forged.length)])));
    expect(problems[0]).toContain('its SHA-256 is not the one that was signed');
  });

  it('a part that is missing, one that is too many, parts in another order', async () => {
    const files = aRecording();
    const names = [...files.keys()];
    const without = new Map([...files].slice(0, 2));
    expect(await problemsOf(without)).toEqual([`part "${names[2]}" (frames 4 to 5) is missing`]);
    expect(await problemsOf(new Map([...files, ['extra', Buffer.from('x')]]))).toEqual([
      'the bundle has a file "extra" that is not in the manifest',
    ]);
    const swapped = new Map([0, 2, 1].map((at) => [...files][at]!));
    expect(await problemsOf(swapped)).toEqual([expect.stringContaining(`the file "${names[2]}" is where part "${names[1]}" should be`)]);
    const reversed = new Map([...files].reverse());
    expect(await problemsOf(reversed)).toEqual([expect.stringContaining('not with manifest.json')]);
  });

  it.each([
    ['session', { session_id: 's-2' }, /hash chain|session is s-2/],
    ['duration', { duration_us: 99 }, /duration is 99, the frames say 4000/],
    ['state', { state: 'lost' as const }, /state is lost, the frames say closed/],
    ['channels', { channels: [] }, /list of channels/],
  ])('a manifest that was rightly signed and lies about its %s', async (_, lie, said) => {
    const problems = await problemsOf(aRecording({ change: (manifest) => ({ ...manifest, ...lie }) }));
    expect(problems.join()).toMatch(said);
  });

  it('a chain that was signed wrong', async () => {
    const files = aRecording({
      change: (manifest) => ({ ...manifest, parts: manifest.parts.map((part) => ({ ...part, chain: part.sha256 })) }),
    });
    expect((await problemsOf(files))[0]).toContain('the hash chain is broken here');
  });

  it('a file that is not a bundle', async () => {
    expect(await verify(Buffer.from('hello'))).toMatchObject({ verdict: 'failed', summary: 'a bundle without a valid manifest' });
    expect(await verify(Buffer.alloc(1024))).toMatchObject({ verdict: 'failed', problems: ['the bundle is empty'] });
  });
});
