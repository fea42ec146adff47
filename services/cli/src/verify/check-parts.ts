import { createHash } from 'node:crypto';
import { HashChain, sha256 } from '@sallyport/crypto';
import { AppError } from '@sallyport/errors';
import {
  canonicalJson,
  chainLink,
  chainSeed,
  channelOpenedBy,
  decodePayload,
  type Frame,
  FrameDecoder,
  frameChainSeed,
  FrameKind,
  type Manifest,
  type ManifestPart,
  type RecordedChannel,
  type SessionMeta,
} from '@sallyport/recording-format';
import type { Problems } from './findings.js';
import { readable } from './readable.js';

/** Takes every frame of a recording, and returns its own problems at the end. */
export interface FrameWatcher {
  see(frame: Frame): void;
  problems(): string[];
}

/** Compares parts, in the manifest's order, with the manifest: every byte, every frame, every number. */
export class PartsCheck {
  private readonly links: HashChain;
  /** Chain value of the part before, in a manifest of version 1. */
  private partChain: string;
  private durationUs = 0;
  private lastKind: FrameKind | undefined;
  private readonly channels: RecordedChannel[] = [];
  private isWhole = true;
  frames = 0;
  meta: SessionMeta | undefined;
  /** Link of the wanted frame, hex; undefined before it was read. */
  wantedLink: string | undefined;

  constructor(
    private readonly manifest: Manifest,
    private readonly problems: Problems,
    /** Number of the frame whose link is wanted. */
    private readonly wantedSeq?: number,
    private readonly rows?: FrameWatcher,
  ) {
    this.partChain = sha256(chainSeed(manifest.session_id));
    this.links = HashChain.from(frameChainSeed(manifest.session_id));
  }

  /** Reads one part to its end. */
  async part(part: ManifestPart, content: AsyncIterable<Uint8Array>): Promise<void> {
    const before = this.problems.list.length;
    const reading = new PartReading(part);
    for await (const piece of content) for (const frame of reading.push(piece)) this.see(frame);
    for (const problem of reading.end()) this.problems.add(`part "${part.name}": ${problem}`);
    if (this.chainBehind(reading.sha256) !== part.chain) this.problems.add(`part "${part.name}": the hash chain is broken here`);
    if (this.problems.list.length > before) this.isWhole = false;
  }

  /** Notes a missing part. */
  missing(part: ManifestPart): void {
    this.problems.add(`part "${part.name}" (frames ${part.first_seq} to ${part.last_seq}) is missing`);
    this.isWhole = false;
  }

  /**
   * Compares the recording as a whole with the manifest. It does so only if the parts are right: otherwise it would report the same problem
   * twice.
   */
  end(): void {
    if (!this.isWhole) return;
    for (const problem of this.rows?.problems() ?? []) this.problems.add(problem);
    const state = this.lastKind === FrameKind.end ? 'closed' : 'lost';
    const claims: [string, unknown, unknown][] = [
      ['session', this.manifest.session_id, this.meta?.session_id],
      ['state', this.manifest.state, state],
      ['duration', this.manifest.duration_us, this.durationUs],
      ['list of channels', canonicalJson(this.manifest.channels as never), canonicalJson(this.channels as never)],
    ];
    for (const [what, claimed, found] of claims) {
      if (claimed !== found) this.problems.add(`the manifest's ${what} is ${String(claimed)}, the frames say ${String(found)}`);
    }
  }

  /** Returns the value that the manifest must state for the part that was read last: version 1 chains parts, version 2 frames. */
  private chainBehind(partSha256: string): string {
    if (this.manifest.version > 1) return this.links.head.toString('hex');
    return (this.partChain = sha256(chainLink(this.partChain, partSha256)));
  }

  /** Adds a frame to the chain over frames. A manifest of version 1 needs it for the wanted frame only. */
  private link(frame: Frame): void {
    if (this.manifest.version === 1 && this.wantedSeq === undefined) return;
    const link = this.links.add(frame.bytes);
    if (Number(frame.seq) === this.wantedSeq) this.wantedLink = link.toString('hex');
  }

  private see(frame: Frame): void {
    this.frames++;
    this.link(frame);
    this.rows?.see(frame);
    this.durationUs = Math.max(this.durationUs, frame.timeUs);
    this.lastKind = frame.kind;
    if (frame.seq === 1n && frame.kind === FrameKind.session) this.meta = readable(() => decodePayload(FrameKind.session, frame.payload));
    const channel = readable(() => channelOpenedBy(frame));
    if (channel !== undefined) this.channels.push(channel);
  }
}

/** Reads a part: hashes all of it, decodes frames as far as they are right. */
class PartReading {
  private readonly hash = createHash('sha256');
  private readonly decoder: FrameDecoder;
  private bytes = 0;
  private first: Frame | undefined;
  private last: Frame | undefined;
  private damage: string | undefined;
  /** The first payload that can't be expanded. */
  private unreadable: string | undefined;
  sha256 = '';

  constructor(private readonly part: ManifestPart) {
    this.decoder = new FrameDecoder({ firstSeq: BigInt(part.first_seq) });
  }

  *push(piece: Uint8Array): Generator<Frame> {
    this.hash.update(piece);
    this.bytes += piece.length;
    if (this.damage !== undefined) return;
    try {
      for (const frame of this.decoder.push(piece)) {
        this.first ??= frame;
        this.last = frame;
        this.unreadable ??= payloadProblem(frame);
        yield frame;
      }
    } catch (error) {
      this.damage = asDamage(error);
    }
  }

  /** Returns the problems of the part. */
  *end(): Generator<string> {
    this.sha256 = this.hash.digest('hex');
    try {
      if (this.damage === undefined) this.decoder.end();
    } catch (error) {
      this.damage = asDamage(error);
    }
    if (this.damage !== undefined) yield this.damage;
    if (this.unreadable !== undefined) yield this.unreadable;
    if (this.bytes !== this.part.bytes) yield `it has ${this.bytes} bytes, not the ${this.part.bytes} that were signed`;
    if (this.sha256 !== this.part.sha256) yield 'its SHA-256 is not the one that was signed: it was changed';
    if (this.damage === undefined) yield* this.ends();
  }

  private *ends(): Generator<string> {
    const found = [this.last?.seq, this.first?.timeUs, this.last?.timeUs].map(Number);
    const signed = [this.part.last_seq, this.part.first_us, this.part.last_us];
    if (found.join() !== signed.join())
      yield `its last frame and times are ${found.join(', ')}, not the ${signed.join(', ')} that were signed`;
  }
}

/** Returns what is wrong with a payload that can't be expanded; undefined for another. */
function payloadProblem(frame: Frame): string | undefined {
  try {
    void frame.payload;
    return undefined;
  } catch (error) {
    return asDamage(error);
  }
}

function asDamage(error: unknown): string {
  if (error instanceof AppError) return error.message;
  throw error;
}
