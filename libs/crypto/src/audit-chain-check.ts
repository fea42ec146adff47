import { anchorName, numberInName, readAnchor, type SignedAnchor } from './audit-anchor.js';
import { DsseInvalid, DsseKeyUnknown } from './dsse.js';

/** Hash of the event before the first, hex. */
export const CHAIN_START_HASH = '0'.repeat(64);

/** A place of the audit chain: an event's number and hash (hex). */
export interface ChainPlace {
  readonly seq: bigint;
  readonly hash: string;
}

/** An event, as far as the chain needs it. */
export interface ChainRow extends ChainPlace {
  /** Hash of the event before, as the event names it. */
  readonly prevHash: string;
  /** Hash that its contents have; undefined if they are withheld. */
  readonly ownHash: string | undefined;
}

/** Events in the order of the chain. */
export interface RowSource {
  /** Returns the next event; undefined if there is none yet: a later call looks again. */
  next(): Promise<ChainRow | undefined>;
}

/** A stored anchor, not verified. */
export interface AnchorFile {
  readonly name: string;
  readonly envelope: Buffer;
}

/** An anchor that another place than its store knows. */
export interface KnownAnchor {
  readonly number: number;
  readonly sha256: string;
  /** The place, for messages: "the database". */
  readonly source: string;
}

/** A fault of the chain or of its anchors. */
export interface ChainProblem {
  /** Number of the first event that does not fit; undefined for a fault of an anchor itself. */
  readonly at: bigint | undefined;
  readonly text: string;
}

/** Collaborators of a check. */
interface ChainCheckDeps {
  /** Public keys (SPKI PEM) that may have signed an anchor. */
  readonly publicKeys: readonly string[];
  /** Opens the events behind a place. */
  readonly rows: (after: bigint) => RowSource;
  /** Events that the running process wrote itself. */
  readonly remembered?: readonly ChainPlace[];
  /** Anchors that have to be among the stored ones. */
  readonly known?: readonly KnownAnchor[];
  /** Number of the anchor to start at: what it proves is taken as proven. */
  readonly fromAnchor?: number;
}

const at = (anchor: SignedAnchor): string => `anchor ${anchor.number} of ${anchor.time}`;
const range = (first: bigint, last: bigint): string => (first === last ? `event ${first}` : `events ${first} to ${last}`);
const missing = (first: bigint, last: bigint, names = ''): string =>
  `${range(first, last)}${names} ${first === last ? 'is' : 'are'} missing`;

/**
 * Checks events against the anchors of the chain, in one pass over both, and collects what they prove. It continues behind a problem, so that
 * one report has all of them.
 */
export class AuditChainCheck {
  /** The event that the check has reached. `hash` is undefined where the check starts at an anchor. */
  last: { readonly seq: bigint; readonly hash: string | undefined } = { seq: 0n, hash: CHAIN_START_HASH };
  /** Number of verified anchors. */
  anchors = 0;
  /** The first verified anchor. */
  oldest: SignedAnchor | undefined;
  /** The newest anchor whose event is in the chain. */
  proven: SignedAnchor | undefined;
  private previous: { readonly number: number; readonly anchor: SignedAnchor | undefined } | undefined;
  private source: RowSource | undefined;
  private held: ChainRow | undefined;
  private hasDiverged = false;
  private readonly remembered: Map<bigint, string>;
  private readonly seen = new Map<number, string>();

  constructor(private readonly deps: ChainCheckDeps) {
    this.remembered = new Map((deps.remembered ?? []).map(({ seq, hash }) => [seq, hash]));
  }

  /** Checks the anchors, in the order of their names, and the events up to the last of them. */
  async *withAnchors(files: AsyncIterable<AnchorFile>): AsyncGenerator<ChainProblem, void, undefined> {
    for await (const file of files) {
      const anchor = this.read(file);
      if ('text' in anchor) yield anchor;
      else {
        yield* this.place(anchor);
        yield* this.compare(anchor);
      }
    }
    yield* this.knownOnes();
  }

  /** Checks the events behind the last anchor: up to the head, or all that there are. */
  async *rest(head?: ChainPlace): AsyncGenerator<ChainProblem, void, undefined> {
    yield* this.walk(head?.seq);
    const { seq, hash } = this.last;
    if (head && seq < head.seq) yield { at: seq + 1n, text: `the chain ends at event ${seq}, though ${head.seq} were written` };
    else if (head && seq === head.seq && hash !== undefined && hash !== head.hash)
      yield { at: seq, text: `event ${seq} is not the one that the head of the chain names` };
    const lost = [...this.remembered.keys()].filter((each) => each > seq).sort((a, b) => (a < b ? -1 : 1));
    const [newest] = lost.slice(-1);
    if (newest !== undefined) yield { at: seq + 1n, text: missing(seq + 1n, newest, ' that this process wrote') };
  }

  private read({ name, envelope }: AnchorFile): SignedAnchor | ChainProblem {
    const number = numberInName(name);
    const fault = (text: string): ChainProblem => ({ at: undefined, text });
    if (number === undefined) return fault(`"${name}" lies among the anchors and is not one`);
    try {
      const anchor = readAnchor(envelope, this.deps.publicKeys);
      if (anchorName(anchor.number, anchor.sha256) === name) return anchor;
      return fault(`"${name}" has the content of anchor ${anchor.number}: it was moved or changed`);
    } catch (error) {
      if (!(error instanceof DsseInvalid)) throw error;
      this.previous = { number, anchor: undefined };
      if (error instanceof DsseKeyUnknown) return fault(`anchor ${number} is signed with an unknown key, ${error.keyId}`);
      return fault(`anchor ${number} is not valid: ${error.message}`);
    }
  }

  /** Checks the place of an anchor in the anchors' own chain. */
  private *place(anchor: SignedAnchor): Generator<ChainProblem, void, undefined> {
    const before = this.previous;
    const isStart = before === undefined && this.deps.fromAnchor === anchor.number;
    const expected = before ? before.number + 1 : (this.deps.fromAnchor ?? 1);
    const fault = (text: string): ChainProblem => ({ at: undefined, text });
    if (isStart) this.last = { seq: anchor.seq - 1n, hash: undefined };
    else if (anchor.number < expected) yield fault(`there are two anchors with the number ${anchor.number}`);
    else if (anchor.number > expected) yield fault(`${numbers(expected, anchor.number - 1)} missing`);
    else if (before === undefined ? anchor.previous !== null : before.anchor && before.anchor.sha256 !== anchor.previous)
      yield fault(`${at(anchor)} does not follow on the anchor before it: one of them was replaced`);
    this.previous = { number: anchor.number, anchor };
    this.seen.set(anchor.number, anchor.sha256);
    this.oldest ??= anchor;
    this.anchors++;
  }

  /** Checks that the chain has the event of an anchor. */
  private async *compare(anchor: SignedAnchor): AsyncGenerator<ChainProblem, void, undefined> {
    const proven = this.proven?.seq ?? 0n;
    if (anchor.seq < this.last.seq)
      return yield { at: anchor.seq + 1n, text: `${at(anchor)} goes back to event ${anchor.seq}: the anchor before it names a later one` };
    yield* this.walk(anchor.seq);
    if (this.last.seq < anchor.seq) {
      yield { at: this.last.seq + 1n, text: missing(this.last.seq + 1n, anchor.seq, ` that ${at(anchor)} names`) };
      this.last = anchor;
    } else if (this.last.hash === undefined || this.last.hash === anchor.hash) {
      this.proven = anchor;
    } else if (!this.hasDiverged) {
      this.hasDiverged = true;
      const first = this.oldest === anchor ? 1n : proven + 1n;
      const which = first === anchor.seq ? `event ${first} was rewritten` : `one of the events ${first} to ${anchor.seq} was rewritten`;
      yield { at: first, text: `${which}: ${at(anchor)} names another hash of event ${anchor.seq}` };
    }
  }

  private *knownOnes(): Generator<ChainProblem, void, undefined> {
    const newest = this.previous?.number ?? (this.deps.fromAnchor ?? 1) - 1;
    for (const { number, sha256, source } of this.deps.known ?? []) {
      const stored = this.seen.get(number);
      if (number > newest) yield { at: undefined, text: `${numbers(newest + 1, number)} missing, though ${source} names anchor ${number}` };
      else if (stored !== undefined && stored !== sha256)
        yield { at: undefined, text: `anchor ${number} is not the one that ${source} names: it was replaced` };
    }
  }

  /** Checks the events up to a place; without one, all that there are. */
  private async *walk(to: bigint | undefined): AsyncGenerator<ChainProblem, void, undefined> {
    while (to === undefined || this.last.seq < to) {
      const row = await this.peek();
      if (!row || (to !== undefined && row.seq > to)) return;
      this.held = undefined;
      yield* this.take(row);
    }
  }

  private async peek(): Promise<ChainRow | undefined> {
    this.source ??= this.deps.rows(this.last.seq);
    return (this.held ??= await this.source.next());
  }

  private *take(row: ChainRow): Generator<ChainProblem, void, undefined> {
    const { last } = this;
    if (row.seq <= last.seq) return yield { at: row.seq, text: `event ${row.seq} stands behind event ${last.seq}: the order was changed` };
    if (row.seq !== last.seq + 1n) {
      yield { at: last.seq + 1n, text: missing(last.seq + 1n, row.seq - 1n) };
    } else if (last.hash !== undefined && row.prevHash !== last.hash)
      yield { at: row.seq, text: `event ${row.seq} does not follow on the one before it: one of the two was changed` };
    if (row.ownHash !== undefined && row.ownHash !== row.hash) yield { at: row.seq, text: `event ${row.seq} was changed` };
    const own = this.remembered.get(row.seq);
    if (own !== undefined && own !== row.hash)
      yield { at: row.seq, text: `event ${row.seq} is not the one that this process wrote: it, or one before it, was rewritten` };
    this.last = row;
  }
}

const numbers = (first: number, last: number): string => (first === last ? `anchor ${first} is` : `anchors ${first} to ${last} are`);
