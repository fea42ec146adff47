import { Inject, Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { systemCtx, type Clock, type Ctx } from '@sallyport/context';
import {
  anchorHash,
  anchorNumber,
  DsseInvalid,
  numberInName,
  readAnchor,
  signAnchor,
  type AnchorFile,
  type KnownAnchor,
  type SignedAnchor,
} from '@sallyport/crypto';
import type { Logger, Metrics } from '@sallyport/telemetry';
import { Database } from '../../../database/index.js';
import { CLOCK, LOGGER, METRICS, type Job } from '../../../platform/index.js';
import { AuditEventRepository } from '../audit-event.repository.js';
import { AuditLinkRepository, type ChainHead } from '../audit-link.repository.js';
import { ChainMemory } from '../chain-memory.js';
import { LinkChain } from '../link-chain.service.js';
import { ANCHOR_SETTINGS, type AnchorSettings } from './anchor-settings.js';
import { AuditAnchorRepository, type NewestAnchor } from './audit-anchor.repository.js';
import { StoredAnchors } from './stored-anchors.js';

/** Time that the last anchor has when core stops. */
const LAST_ANCHOR_MS = 3_000;

/**
 * Anchors the head of the audit chain: signs it, has a recorder store it, and logs it. It runs beside requests and locks nothing that they
 * need. While no recorder can be reached the anchor waits.
 */
@Injectable()
export class AnchorChain implements Job, BeforeApplicationShutdown {
  readonly name = 'audit-anchors';
  readonly isFirstAtStart = true;
  readonly everyMs: number;
  /** Time at which the head was last found to be anchored. */
  #anchoredAt: number;
  #newest: NewestAnchor | undefined;

  constructor(
    private readonly database: Database,
    private readonly events: AuditEventRepository,
    private readonly places: AuditLinkRepository,
    private readonly links: LinkChain,
    private readonly memory: ChainMemory,
    private readonly anchors: AuditAnchorRepository,
    private readonly stored: StoredAnchors,
    @Inject(ANCHOR_SETTINGS) private readonly settings: AnchorSettings,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(METRICS) metrics: Metrics,
  ) {
    this.everyMs = settings.everyMs;
    this.#anchoredAt = clock.now();
    metrics.gauge('core_audit_anchor_age_seconds', 'Time since the newest audit event was anchored outside the database', [], () =>
      this.age(),
    );
    metrics.gauge('core_audit_tampered', '1 if this process noticed that the audit chain was tampered with', [], () =>
      memory.fault ? 1 : 0,
    );
  }

  /** Returns the newest anchor that this process has made or seen. */
  get known(): KnownAnchor[] {
    return this.#newest ? [{ number: this.#newest.number, sha256: this.#newest.sha256, source: 'this process' }] : [];
  }

  async run(ctx: Ctx): Promise<void> {
    await this.links.link(ctx);
    await this.compareMemory(ctx);
    const head = await this.places.readHead(ctx);
    try {
      await this.database.run(ctx, (inside) => this.round(inside));
      this.#anchoredAt = this.clock.now();
    } catch (error) {
      const facts = { kind: 'audit-anchor-waits', seq: head.seq.toString(), hash: head.hash.toString('hex'), age_seconds: this.age() };
      this.logger.warn({ err: error, ...facts }, 'the head of the audit chain could not be anchored; the next round tries again');
    }
  }

  /** Makes an anchor of what was written since the last round. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.run(systemCtx(this.name, AbortSignal.timeout(LAST_ANCHOR_MS))).catch((error: unknown) =>
      this.logger.warn({ err: error }, 'the audit chain was not anchored at the stop'),
    );
  }

  private async compareMemory(ctx: Ctx): Promise<void> {
    const { places } = this.memory;
    this.memory.compare(
      await this.events.hashesOf(
        ctx,
        places.map(({ seq }) => seq),
      ),
      places,
    );
  }

  private async round(ctx: Ctx): Promise<void> {
    const { newest, number, isNew } = await this.catchUp(ctx, await this.anchors.lock(ctx));
    await this.compareTable(ctx, newest);
    const head = await this.places.readHead(ctx);
    if (head.seq === newest.seq && head.hash.equals(newest.hash)) {
      if (isNew) await this.anchors.save(ctx, newest);
      this.#newest = newest;
      return;
    }
    const made = await this.make(ctx, number + 1, newest, head);
    await this.anchors.save(ctx, made);
    this.#newest = made;
  }

  /**
   * Returns the newest anchor of all that the database, this process and the store know, and the highest number in use. The store is read from
   * the newest known anchor on: that one has to be there.
   */
  private async catchUp(ctx: Ctx, witness: NewestAnchor): Promise<{ newest: NewestAnchor; number: number; isNew: boolean }> {
    const own = this.#newest;
    if (own && own.number > witness.number)
      this.memory.report({
        at: undefined,
        text: `the database names anchor ${witness.number} as the newest, though anchor ${own.number} was made`,
      });
    const known = own && own.number > witness.number ? own : witness;
    let newest = known;
    let number = known.number;
    let isThere = known.number === 0;
    for await (const file of this.stored.list(ctx, anchorNumber(known.number))) {
      const anchor = this.read(file);
      if (anchor?.sha256 === known.sha256) isThere = true;
      else if (anchor && anchor.number > newest.number) newest = { ...anchor, hash: Buffer.from(anchor.hash, 'hex') };
      number = Math.max(number, numberInName(file.name) ?? 0);
    }
    if (!isThere) this.memory.report({ at: undefined, text: `anchor ${known.number} is missing from the recordings’ store` });
    return { newest, number, isNew: newest !== witness };
  }

  /** Checks that the table has the event of the newest anchor: a start notices what was done while core was down. */
  private async compareTable(ctx: Ctx, { number, seq, hash }: NewestAnchor): Promise<void> {
    const found = (await this.events.hashesOf(ctx, [seq])).get(seq);
    if (number === 0 || found?.equals(hash)) return;
    const what = found ? 'is not the one that it names: it, or one before it, was rewritten' : 'that it names is missing';
    this.memory.report({ at: seq, text: `anchor ${number} does not fit the table: event ${seq} ${what}` });
  }

  private read({ name, envelope }: AnchorFile): SignedAnchor | undefined {
    try {
      return readAnchor(envelope, this.settings.publicKeys);
    } catch (error) {
      if (!(error instanceof DsseInvalid)) throw error;
      this.memory.report({ at: undefined, text: `"${name}" among the anchors is not valid: ${error.message}` });
      return undefined;
    }
  }

  private async make(ctx: Ctx, number: number, before: NewestAnchor, head: ChainHead): Promise<NewestAnchor> {
    const previous = before.number === 0 ? null : before.sha256;
    const hash = head.hash.toString('hex');
    const time = new Date(this.clock.now()).toISOString();
    const envelope = signAnchor({ number, seq: head.seq, hash, time, previous }, this.settings.signingKey);
    await this.stored.put(ctx, number, envelope);
    const sha256 = anchorHash(envelope);
    const facts = { kind: 'audit-anchor', number, seq: head.seq.toString(), hash, sha256, audit_anchor: envelope.toString('utf8') };
    this.logger.info(facts, 'the audit chain is anchored');
    return { number, sha256, seq: head.seq, hash: head.hash };
  }

  private age(): number {
    return Math.max(0, (this.clock.now() - this.#anchoredAt) / 1000);
  }
}
