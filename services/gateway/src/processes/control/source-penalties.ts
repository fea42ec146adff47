import type { Clock } from '@sallyport/context';

/** The ways to end a connection that cost its source a penalty. */
export type Offence = 'authfail' | 'noauth' | 'grace-exceeded';

/** Penalties as in sshd's PerSourcePenalties, in seconds. */
export interface PenaltyRules extends Readonly<Record<Offence, number>> {
  /** Penalties of a source never add up to more. */
  readonly max: number;
  /** A source is refused once its penalties have added up to so much. */
  readonly min: number;
}

interface Entry {
  /** The time at which all penalties of the source have run off. */
  until: number;
  isRefused: boolean;
}

const MAX_SOURCES = 65_536;
/** A source from which a user has signed in is trusted for so long. */
const TRUST_MS = 24 * 60 * 60 * 1000;

/**
 * Penalties of the sources of connections. They add up, run off with time, and refuse a source for as long as they last. A source from which
 * a user signed in lately is spared: behind a NAT one attacker must not lock out the other users.
 */
export class SourcePenalties {
  private readonly entries = new Map<string, Entry>();
  private readonly trustedUntil = new Map<string, number>();

  /** @param rules undefined: no penalty is ever added. */
  constructor(
    private readonly rules: PenaltyRules | undefined,
    private readonly isExempt: (address: string) => boolean,
    private readonly clock: Clock,
  ) {}

  /** Adds the penalty of an offence. */
  add(source: string, address: string, offence: Offence): void {
    const { rules } = this;
    if (rules === undefined || this.isTrusted(source) || this.isExempt(address)) return;
    const now = this.clock.monotonic();
    const entry = this.current(source, now) ?? { until: now, isRefused: false };
    entry.until = Math.min(entry.until + rules[offence] * 1000, now + rules.max * 1000);
    entry.isRefused ||= entry.until - now >= rules.min * 1000;
    remember(this.entries, source, entry);
  }

  /** Records that a user has signed in: the penalties of the source end, and it gets no others for a day. */
  signedIn(source: string): void {
    this.entries.delete(source);
    remember(this.trustedUntil, source, this.clock.monotonic() + TRUST_MS);
  }

  isRefused(source: string): boolean {
    return this.current(source, this.clock.monotonic())?.isRefused === true;
  }

  /** Returns true for a source from which a user signed in within a day. */
  isTrusted(source: string): boolean {
    return (this.trustedUntil.get(source) ?? -Infinity) > this.clock.monotonic();
  }

  private current(source: string, now: number): Entry | undefined {
    const entry = this.entries.get(source);
    if (entry === undefined || entry.until > now) return entry;
    this.entries.delete(source);
    return undefined;
  }
}

/** Stores a value as the newest one. Forgets the oldest if there are too many. */
function remember<T>(map: Map<string, T>, source: string, value: T): void {
  map.delete(source);
  map.set(source, value);
  const [oldest] = map.keys();
  if (map.size > MAX_SOURCES && oldest !== undefined) map.delete(oldest);
}
