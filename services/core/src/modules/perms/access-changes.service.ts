import { Inject, Injectable } from '@nestjs/common';
import type { Clock, Ctx } from '@sallyport/context';
import { CLOCK } from '../../platform/index.js';
import { AccessChangeRepository } from './access-change.repository.js';

/** A check of the rights to live sessions: the count of changes that it saw, and its time. */
export interface AccessCheck {
  readonly generation: string;
  readonly at: Date;
}

/** A check holds no longer, whatever was counted. */
const LONGEST_MS = 60_000;

/** Finds out whether rights may have ended since a check, without a look at any session. */
@Injectable()
export class AccessChanges {
  constructor(
    private readonly changes: AccessChangeRepository,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Begins a check: all that is read after it is at least as new as its count. `isNeeded` is false if no right can have ended since the last one. */
  async begin(ctx: Ctx, last: AccessCheck | undefined): Promise<AccessCheck & { readonly isNeeded: boolean }> {
    const at = new Date(this.clock.now());
    const { generation, hasExpired } = await this.changes.find(ctx, last?.at ?? at, at);
    const age = last ? at.getTime() - last.at.getTime() : Infinity;
    return { generation, at, isNeeded: hasExpired || generation !== last?.generation || age < 0 || age >= LONGEST_MS };
  }
}
