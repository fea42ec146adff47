import { Inject, Injectable } from '@nestjs/common';
import type { AuditChainView } from '@sallyport/contracts';
import type { Clock, Ctx } from '@sallyport/context';
import { anchorNumber, AuditChainCheck, type ChainProblem, type KnownAnchor, type SignedAnchor } from '@sallyport/crypto';
import { RemoteError } from '@sallyport/errors';
import { CLOCK } from '../../../platform/index.js';
import { AuditEventRepository } from '../audit-event.repository.js';
import { AuditLinkRepository } from '../audit-link.repository.js';
import { ChainMemory } from '../chain-memory.js';
import { LinkChain } from '../link-chain.service.js';
import { AnchorChain } from './anchor-chain.js';
import { ANCHOR_SETTINGS, type AnchorSettings } from './anchor-settings.js';
import { AuditAnchorRepository } from './audit-anchor.repository.js';
import { chainRows } from './chain-rows.js';
import { StoredAnchors } from './stored-anchors.js';

/** Time within which every event has its place. */
const LINKED_WITHIN_MS = 5_000;

/** Proves the audit chain from its anchors. */
@Injectable()
export class VerifyChain {
  constructor(
    private readonly events: AuditEventRepository,
    private readonly places: AuditLinkRepository,
    private readonly links: LinkChain,
    private readonly memory: ChainMemory,
    private readonly anchors: AuditAnchorRepository,
    private readonly stored: StoredAnchors,
    private readonly anchorChain: AnchorChain,
    @Inject(ANCHOR_SETTINGS) private readonly settings: AnchorSettings,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Links the events that wait. Then checks the anchors, the events from the first one or from that of `fromAnchor`, and the head. Checks also what
   * this process wrote itself, and that no older event lacks a place. Reports the first problem.
   */
  async verify(ctx: Ctx, fromAnchor?: number): Promise<AuditChainView> {
    await this.links.link(ctx);
    const fault = this.memory.fault;
    const check = await this.begin(ctx, fromAnchor);
    const files = this.stored.list(ctx, fromAnchor === undefined ? '' : anchorNumber(fromAnchor));
    try {
      const problem = (await first(check.withAnchors(files))) ?? (await this.rest(ctx, check)) ?? fault ?? (await this.unlinked(ctx));
      return view(check, problem);
    } catch (error) {
      if (!(error instanceof RemoteError)) throw error;
      return this.withoutAnchors(ctx, error);
    }
  }

  /** Checks the events alone, because the anchors can't be read: that proves nothing against the owner of the database. */
  private async withoutAnchors(ctx: Ctx, cause: RemoteError): Promise<AuditChainView> {
    const check = new AuditChainCheck({
      publicKeys: [],
      rows: (after) => chainRows(ctx, this.events, after),
      remembered: this.memory.places,
    });
    const unreadable = { at: undefined, text: `the anchors can’t be read: ${cause.message}` };
    return view(check, (await this.rest(ctx, check)) ?? this.memory.fault ?? (await this.unlinked(ctx)) ?? unreadable);
  }

  private async unlinked(ctx: Ctx): Promise<ChainProblem | undefined> {
    const event = await this.places.oldestUnlinked(ctx, new Date(this.clock.now() - LINKED_WITHIN_MS));
    return event && { at: undefined, text: `event ${event.id} of ${event.dateCreated.toISOString()} is not in the chain` };
  }

  private async begin(ctx: Ctx, fromAnchor: number | undefined): Promise<AuditChainCheck> {
    // Read before the store: an anchor that is known now has to be there.
    const { number, sha256 } = await this.anchors.read(ctx);
    const known: KnownAnchor[] = [...this.anchorChain.known, ...(number === 0 ? [] : [{ number, sha256, source: 'the database' }])];
    return new AuditChainCheck({
      publicKeys: this.settings.publicKeys,
      rows: (after) => chainRows(ctx, this.events, after),
      remembered: this.memory.places,
      known,
      ...(fromAnchor !== undefined && { fromAnchor }),
    });
  }

  private async rest(ctx: Ctx, check: AuditChainCheck): Promise<ChainProblem | undefined> {
    const { seq, hash } = await this.places.readHead(ctx);
    return first(check.rest({ seq, hash: hash.toString('hex') }));
  }
}

async function first(problems: AsyncIterable<ChainProblem>): Promise<ChainProblem | undefined> {
  for await (const problem of problems) return problem;
  return undefined;
}

function view(check: AuditChainCheck, problem: ChainProblem | undefined): AuditChainView {
  const { proven, oldest } = check;
  return {
    is_intact: problem === undefined,
    is_anchored: problem === undefined && proven !== undefined,
    checked: Number(check.last.seq),
    broken_at: problem?.at === undefined ? null : Number(problem.at),
    problem: problem?.text ?? null,
    anchor_count: check.anchors,
    oldest_anchor: oldest ? anchorView(oldest) : null,
    newest_anchor: proven ? anchorView(proven) : null,
  };
}

const anchorView = ({ number, seq, time }: SignedAnchor): { number: number; seq: number; time: string } => ({
  number,
  seq: Number(seq),
  time,
});
