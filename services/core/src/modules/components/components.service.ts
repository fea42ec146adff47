import { Inject, Injectable } from '@nestjs/common';
import type { Clock, Ctx } from '@sallyport/context';
import { CLOCK } from '../../platform/index.js';
import { ComponentRepository, type Component, type ComponentFilter, type SignOfLife } from './component.repository.js';

/** Who is silent for longer is not counted as alive: four signs of life may go missing. */
const ALIVE_MS = 45_000;
const KEEP_MS = 24 * 3_600_000;

/** Who is there. */
@Injectable()
export class Components {
  constructor(
    private readonly components: ComponentRepository,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Keeps that a process was heard of just now. */
  async seen(ctx: Ctx, sign: SignOfLife): Promise<void> {
    await this.components.seen(ctx, sign, new Date(this.clock.now()));
  }

  /** Those heard of within a day, with whether they are alive. */
  async list(ctx: Ctx, filter: ComponentFilter): Promise<{ count: number; rows: (Component & { isAlive: boolean })[] }> {
    const { count, rows } = await this.components.list(ctx, filter);
    const oldest = this.clock.now() - ALIVE_MS;
    return { count, rows: rows.map((row) => ({ ...row, isAlive: row.dateLastSeen.getTime() > oldest })) };
  }

  /** Forgets processes that are gone for a day. */
  async forgetGone(ctx: Ctx): Promise<void> {
    await this.components.forget(ctx, new Date(this.clock.now() - KEEP_MS));
  }
}
