import { describe, expect, it } from 'vitest';
import { ManifestInvalid } from '../format.errors.js';
import { canonicalJson } from './canonical-json.js';
import { chainLink } from './chain.js';
import { decodeManifest, encodeManifest, type Manifest } from './manifest.js';
import { extentName, isSessionId, parseExtentName } from './object-name.js';

const part = (first: number, last: number) => ({
  name: `part-${first}`,
  first_seq: first,
  last_seq: last,
  first_us: 0,
  last_us: 5,
  bytes: 100,
  sha256: 'a'.repeat(64),
  chain: 'b'.repeat(64),
});
const manifest: Manifest = {
  version: 1,
  session_id: 's',
  generation: 1,
  previous: null,
  state: 'closed',
  closed_at: '2026-01-31T12:00:00.000Z',
  last_seq: 9,
  size_bytes: 200,
  duration_us: 5,
  channels: [{ channel: 1, kind: 'exec', command: 'a"b', opened_us: 0, has_terminal: false }],
  parts: [part(1, 4), part(5, 9)],
};

describe('a manifest', () => {
  it('comes back as it was', () => {
    expect(decodeManifest(encodeManifest(manifest))).toEqual(manifest);
  });

  it.each([
    ['a hole between parts', { parts: [part(1, 4), part(6, 9)] }],
    ['parts that end early', { last_seq: 10 }],
    ['a wrong sum', { size_bytes: 201 }],
    ['a wrong hash', { previous: 'xyz' }],
  ])('is refused with %s', (_, change) => {
    expect(() => encodeManifest({ ...manifest, ...change })).toThrow(ManifestInvalid);
  });

  it.each([
    ['another order of keys', (json: string) => json.replace('{"channels":', '{"version":1,"channels":').replace(',"version":1}', '}')],
    ['white space', (json: string) => json.replace(',', ', ')],
    ['an unknown field', (json: string) => json.replace('"version":1', '"version":1,"zebra":1')],
    ['another escape', (json: string) => json.replace('exec', '\\u0065xec')],
    ['a byte order mark', (json: string) => `\ufeff${json}`],
  ])('is refused when written with %s', (_, change) => {
    const json = change(new TextDecoder().decode(encodeManifest(manifest)));
    expect(() => decodeManifest(new TextEncoder().encode(json))).toThrow(ManifestInvalid);
  });
});

describe('canonical JSON', () => {
  it('sorts keys at every depth and writes no white space', () => {
    expect(canonicalJson({ b: [{ d: 1, c: null }], a: 'é"' })).toBe('{"a":"é\\"","b":[{"c":null,"d":1}]}');
  });
  it('refuses numbers that have several texts', () => {
    expect(() => canonicalJson({ a: 0.5 })).toThrow(TypeError);
  });
});

describe('names of stored extents', () => {
  const extent = { kind: 'seg', firstSeq: 1n, lastSeq: 12n, digest: '0123456789abcdef' } as const;
  it('sort as their frames do and can be parsed back', () => {
    expect(extentName(extent)).toBe('seg-00000000000000000001-00000000000000000012-0123456789abcdef.spr');
    expect(parseExtentName(extentName(extent))).toEqual(extent);
  });
  it.each([
    'seg-1-2-0123456789abcdef.spr',
    'manifest.json',
    extentName({ ...extent, firstSeq: 13n }),
    extentName({ ...extent, firstSeq: 0n }),
  ])('%s is not such a name', (name) => expect(parseExtentName(name)).toBeUndefined());
  it.each(['..', '.', 'a/b', '', '-x', 'a'.repeat(129)])('"%s" is not a session id', (id) => expect(isSessionId(id)).toBe(false));
});

it('a chain link is the two hashes as raw bytes', () => {
  expect([...chainLink('01'.repeat(32), 'ff'.repeat(32))]).toEqual([...Array<number>(32).fill(1), ...Array<number>(32).fill(255)]);
});
