import { randomUUID } from 'node:crypto';
import { HashChain } from '@sallyport/crypto';
import {
  encodeFrame,
  encodePayload,
  extentName,
  frameChainSeed,
  FrameKind,
  type JsonFrameKind,
  type JsonPayloads,
  type SessionMeta,
} from '@sallyport/recording-format';
import { sha256Hex } from '@sallyport/testkit';
import type { RecorderSeal } from '../src/recording/recorder-seal.js';

/** Writes the frames of one session as a gateway would, a millisecond apart. */
export class ASession {
  readonly meta: SessionMeta;
  readonly frames: Buffer[] = [];
  /** Ids of the commands, in order. */
  readonly commandIds: string[] = [];
  /** True when a gateway of the test has sent it to a recorder. */
  wasSent = false;

  constructor(overrides: Partial<SessionMeta> = {}) {
    this.meta = {
      format: 1,
      session_id: randomUUID(),
      org_id: 'org',
      user_id: 'user',
      username: 'alice',
      asset_id: 'asset',
      asset_name: 'web-1',
      account: 'root',
      started_at: '2026-01-31T12:00:00.000Z',
      ...overrides,
    };
    this.json(0, FrameKind.session, this.meta);
  }

  get id(): string {
    return this.meta.session_id;
  }

  get lastSeq(): bigint {
    return BigInt(this.frames.length);
  }

  raw(channel: number, kind: FrameKind, payload: Uint8Array): this {
    const seq = this.lastSeq + 1n;
    this.frames.push(Buffer.from(encodeFrame({ seq, timeUs: Number(seq) * 1000, channel, kind }, payload)));
    return this;
  }

  json<K extends JsonFrameKind>(channel: number, kind: K, value: JsonPayloads[K]): this {
    return this.raw(channel, kind, encodePayload(kind, value));
  }

  shell(channel = 1): this {
    return this.json(channel, FrameKind.channelOpen, { kind: 'shell', pty: { term: 'xterm', cols: 80, rows: 24 } });
  }

  output(text: string | Uint8Array, channel = 1): this {
    return this.raw(channel, FrameKind.output, typeof text === 'string' ? Buffer.from(text) : text);
  }

  command(input: string, channel = 1): this {
    const id = randomUUID();
    this.commandIds.push(id);
    return this.json(channel, FrameKind.command, {
      id,
      kind: 'typed',
      input,
      output: '',
      risk_level: 'accept',
      started_us: 1500,
      ended_us: 2500,
    });
  }

  end(): this {
    return this.json(0, FrameKind.end, { reason: 'finished' });
  }

  /** Returns the link of frame `seq` in the hash chain. */
  link(seq = this.frames.length): Buffer {
    const chain = HashChain.from(frameChainSeed(this.id));
    for (const frame of this.frames.slice(0, seq)) chain.add(frame);
    return chain.head;
  }

  /** Returns frames `from` to `to` as a recorder stores them: name and sealed object. */
  segment(seals: RecorderSeal, from = 1, to = this.frames.length): { name: string; object: Buffer } {
    const [bytes, firstSeq, lastSeq] = [this.bytes(from, to), BigInt(from), BigInt(to)];
    const name = extentName({ kind: 'seg', firstSeq, lastSeq, digest: sha256Hex(bytes).slice(0, 16) });
    const links = { linkBefore: this.link(from - 1), linkAfter: this.link(to) };
    return { name, object: seals.seal(this.id, { firstSeq, lastSeq, bytes, ...links }) };
  }

  /** Returns frames `from` to `to`, concatenated. */
  bytes(from = 1, to = this.frames.length): Buffer {
    return Buffer.concat(this.frames.slice(from - 1, to));
  }
}
