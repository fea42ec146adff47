import type { Clock } from '@sallyport/context';
import type { SourcePenalties } from './source-penalties.js';

/** The numbers of unauthenticated connections of the whole gateway, as sshd's MaxStartups and PerSourceMaxStartups bound them. */
export interface PreauthLimits {
  readonly perSource: number;
  /** From `start` connections on, new ones are refused at random: `rate` percent of them, more with each connection, all at `full`. */
  readonly total: { readonly start: number; readonly rate: number; readonly full: number };
}

/** The reason why a connection is refused, or closed in favour of a new one. */
export type Refusal = 'max-startups' | 'penalty' | 'displaced' | 'proxy-header';

/** The reasons for which the limiter itself admits no connection. */
type LimiterRefusal = Extract<Refusal, 'max-startups' | 'penalty'>;

/** The steps of a client before it signs in. */
export type PreauthStep = 'identified' | 'keys-exchanged';

/** The place of an unauthenticated connection. */
export interface PreauthPlace {
  readonly source: string;
  /** Records a step that the client has completed: connections that got further are displaced later. */
  advance(step: PreauthStep): void;
  /** Frees the place. A second call changes nothing. */
  release(): void;
}

/** The collaborators of the limiter. */
export interface PreauthDeps {
  readonly clock: Clock;
  readonly penalties: Pick<SourcePenalties, 'isRefused' | 'isTrusted'>;
  /** Counts a connection that was refused or displaced. */
  onRefused(source: string, why: Refusal): void;
  /** Returns a number from 0 to 1, at random by default. */
  random?(): number;
}

/** A client that has sent nothing for so long makes room for others first. It takes longer than any network's round trip. */
const SILENT_MS = 2_000;

interface Held {
  readonly since: number;
  readonly displace: () => void;
  step: PreauthStep | undefined;
}

/**
 * Bounds unauthenticated connections. A source that holds all its places loses the oldest one that got least far when another connection
 * comes: silent sockets cannot keep the users of the same address out, and never hold more than the source's places.
 */
export class PreauthLimiter {
  /** The places of each source, the oldest first. */
  private readonly sources = new Map<string, Set<Held>>();
  private held = 0;

  constructor(
    private readonly limits: PreauthLimits,
    private readonly deps: PreauthDeps,
  ) {}

  /** Returns the number of unauthenticated connections. */
  get pending(): number {
    return this.held;
  }

  /**
   * Returns a place, which must be released; or the reason for a refusal. `displace` closes the connection because another one of its source
   * takes its place.
   */
  admit(source: string, displace: () => void): PreauthPlace | LimiterRefusal {
    const refusal = this.refusal(source);
    if (refusal !== undefined) {
      this.deps.onRefused(source, refusal);
      return refusal;
    }
    this.makeRoom(source);
    return this.take(source, displace);
  }

  private refusal(source: string): LimiterRefusal | undefined {
    const { penalties, random = Math.random } = this.deps;
    if (penalties.isRefused(source)) return 'penalty';
    const { start, rate, full } = this.limits.total;
    if (this.held >= full) return 'max-startups';
    if (this.held < start || penalties.isTrusted(source)) return undefined;
    const percent = rate + ((100 - rate) * (this.held - start)) / (full - start);
    return random() * 100 < percent ? 'max-startups' : undefined;
  }

  private makeRoom(source: string): void {
    const places = this.sources.get(source);
    if (places === undefined || places.size < this.limits.perSource) return;
    const now = this.deps.clock.monotonic();
    const [first, ...others] = places;
    const least = others.reduce((worst, place) => (progressOf(place, now) < progressOf(worst, now) ? place : worst), first!);
    this.free(source, least);
    this.deps.onRefused(source, 'displaced');
    least.displace();
  }

  private take(source: string, displace: () => void): PreauthPlace {
    const place: Held = { since: this.deps.clock.monotonic(), displace, step: undefined };
    const places = this.sources.get(source) ?? new Set();
    this.sources.set(source, places.add(place));
    this.held += 1;
    return { source, advance: (step) => (place.step = step), release: () => this.free(source, place) };
  }

  private free(source: string, place: Held): void {
    const places = this.sources.get(source);
    if (places?.delete(place) !== true) return;
    this.held -= 1;
    if (places.size === 0) this.sources.delete(source);
  }
}

/** Returns how far a connection got: silent for too long 0, new or identified 1, keys exchanged 2. */
function progressOf({ since, step }: Held, now: number): number {
  if (step === 'keys-exchanged') return 2;
  return step === undefined && now - since > SILENT_MS ? 0 : 1;
}
