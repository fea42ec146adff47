import { generateKeyPairSync } from 'node:crypto';
import { signDsse } from '@sallyport/crypto';
import {
  chainLink,
  chainSeed,
  channelOpenedBy,
  decodeFrames,
  encodeFrame,
  encodeManifest,
  encodePayload,
  extentName,
  FrameKind,
  type Manifest,
  MANIFEST_PAYLOAD_TYPE,
  type ManifestPart,
  writeTar,
} from '@sallyport/recording-format';
import { aSessionMeta, sha256Hex } from '@sallyport/testkit';

const keys = generateKeyPairSync('ed25519');
export const privateKeyPem = keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
export const publicKeyPem = keys.publicKey.export({ type: 'spki', format: 'pem' }).toString();

/** A recording's files by name, manifest first. */
export type Files = Map<string, Buffer>;

/** Frames of a small session. */
export function someFrames(sessionId: string): Buffer[] {
  const meta = aSessionMeta({ session_id: sessionId, started_at: '2026-01-31T12:00:00.000Z' });
  const payloads: [number, FrameKind, Uint8Array][] = [
    [0, FrameKind.session, encodePayload(FrameKind.session, meta)],
    [1, FrameKind.channelOpen, encodePayload(FrameKind.channelOpen, { kind: 'shell', pty: { term: 'xterm', cols: 80, rows: 24 } })],
    [1, FrameKind.output, Buffer.from('$ ls\r\n')],
    [1, FrameKind.output, Buffer.from('a b c\r\n')],
    [0, FrameKind.end, encodePayload(FrameKind.end, { reason: 'finished' })],
  ];
  return payloads.map(([channel, kind, payload], at) =>
    Buffer.from(encodeFrame({ seq: BigInt(at + 1), timeUs: at * 1000, channel, kind }, payload)),
  );
}

/** Creates a signed recording whose parts are cut after the given frames. `change` may spoil the manifest before it is signed. */
export function aRecording(
  options: { sessionId?: string; frames?: Buffer[]; cutAfter?: number[]; key?: string; change?: (manifest: Manifest) => Manifest } = {},
): Files {
  const { sessionId = 's-1', key = privateKeyPem, change = (same) => same } = options;
  const frames = options.frames ?? someFrames(sessionId);
  const ends = [...(options.cutAfter ?? [3]), frames.length];
  const files: Files = new Map();
  const parts: ManifestPart[] = [];
  let chain = sha256Hex(chainSeed(sessionId));
  ends.forEach((end, at) => {
    const bytes = Buffer.concat(frames.slice(ends[at - 1] ?? 0, end));
    const decoded = decodeFrames(bytes);
    const [first, last] = [decoded[0]!, decoded.at(-1)!];
    chain = sha256Hex(chainLink(chain, sha256Hex(bytes)));
    const name = extentName({ kind: 'part', firstSeq: first.seq, lastSeq: last.seq, digest: sha256Hex(bytes).slice(0, 16) });
    files.set(name, bytes);
    parts.push({
      name,
      first_seq: Number(first.seq),
      last_seq: Number(last.seq),
      first_us: first.timeUs,
      last_us: last.timeUs,
      bytes: bytes.length,
      sha256: sha256Hex(bytes),
      chain,
    });
  });
  const all = decodeFrames(Buffer.concat(frames));
  const manifest: Manifest = {
    version: 1,
    session_id: sessionId,
    generation: 1,
    previous: null,
    state: all.at(-1)!.kind === FrameKind.end ? 'closed' : 'lost',
    closed_at: '2026-01-31T12:30:00.000Z',
    last_seq: frames.length,
    size_bytes: Buffer.concat(frames).length,
    duration_us: all.at(-1)!.timeUs,
    channels: all.flatMap((frame) => channelOpenedBy(frame) ?? []),
    parts,
  };
  const envelope = signDsse(MANIFEST_PAYLOAD_TYPE, Buffer.from(encodeManifest(change(manifest))), key);
  return new Map([['manifest.json', envelope], ...files]);
}

/** Returns the same as a bundle. */
export async function asBundle(files: Files): Promise<Buffer> {
  const sources = [...files].map(([name, bytes]) => ({
    name,
    size: bytes.length,
    content: async function* () {
      yield bytes;
    },
  }));
  const pieces: Uint8Array[] = [];
  for await (const piece of writeTar(sources)) pieces.push(piece);
  return Buffer.concat(pieces);
}
