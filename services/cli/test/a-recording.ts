import { generateKeyPairSync } from 'node:crypto';
import { ByteSigner, HashChain, signDsse } from '@sallyport/crypto';
import {
  chainLink,
  chainSeed,
  channelOpenedBy,
  decodeFrames,
  encodeFrame,
  encodeManifest,
  encodePayload,
  extentName,
  frameChainSeed,
  FrameKind,
  type Manifest,
  MANIFEST_PAYLOAD_TYPE,
  type ManifestPart,
  sealBody,
  sealedBytes,
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
  options: {
    sessionId?: string;
    frames?: Buffer[];
    cutAfter?: number[];
    key?: string;
    /** Version of the manifest. */
    version?: Manifest['version'];
    change?: (manifest: Manifest) => Manifest;
  } = {},
): Files {
  const { sessionId = 's-1', key = privateKeyPem, version = 2, change = (same) => same } = options;
  const frames = options.frames ?? someFrames(sessionId);
  const ends = [...(options.cutAfter ?? [3]), frames.length];
  const files: Files = new Map();
  const parts: ManifestPart[] = [];
  const links = HashChain.from(frameChainSeed(sessionId));
  let chain = sha256Hex(chainSeed(sessionId));
  ends.forEach((end, at) => {
    const bytes = Buffer.concat(frames.slice(ends[at - 1] ?? 0, end));
    const decoded = decodeFrames(bytes);
    const [first, last] = [decoded[0]!, decoded.at(-1)!];
    for (const frame of decoded) links.add(frame.bytes);
    chain = version === 2 ? links.head.toString('hex') : sha256Hex(chainLink(chain, sha256Hex(bytes)));
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
    version,
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

/** Returns the link of the last of these frames. */
export function linkOf(sessionId: string, frames: readonly Buffer[]): string {
  const chain = HashChain.from(frameChainSeed(sessionId));
  for (const frame of frames) chain.add(frame);
  return chain.head.toString('hex');
}

/** Returns a sealed segment of these frames, by name. */
export function aSegment(sessionId: string, frames: readonly Buffer[], key = privateKeyPem): [name: string, object: Buffer] {
  const signer = new ByteSigner(key);
  const bytes = Buffer.concat(frames);
  const decoded = decodeFrames(bytes);
  const [firstSeq, lastSeq] = [decoded[0]!.seq, decoded.at(-1)!.seq];
  const body = sealBody({
    ...{ firstSeq, lastSeq, linkBefore: Buffer.alloc(32), linkAfter: Buffer.alloc(32) },
    ...{ sha256: Buffer.from(sha256Hex(bytes), 'hex'), keyId: Buffer.from(signer.keyId, 'hex') },
  });
  const name = extentName({ kind: 'seg', firstSeq, lastSeq, digest: sha256Hex(bytes).slice(0, 16) });
  return [name, Buffer.concat([bytes, body, signer.sign(sealedBytes(sessionId, body))])];
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
