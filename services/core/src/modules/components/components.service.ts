import { Inject, Injectable } from '@nestjs/common';
import type { ComponentListQuery } from '@sallyport/contracts';
import type { Clock, Ctx } from '@sallyport/context';
import { CLOCK } from '../../platform/index.js';
import type { Rows } from '../../resource/index.js';
import { ComponentRepository, type Component, type Heartbeat } from './component.repository.js';

/** A process that is silent for longer does not count as alive: four heartbeats may be missing. */
const ALIVE_MS = 45_000;
const KEEP_MS = 24 * 3_600_000;

/** Keeps the list of processes. */
@Injectable()
export class Components {
  constructor(
    private readonly components: ComponentRepository,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async recordHeartbeat(ctx: Ctx, heartbeat: Heartbeat): Promise<void> {
    await this.components.recordHeartbeat(ctx, heartbeat, new Date(this.clock.now()));
  }

  /** Returns the processes with a heartbeat within a day. */
  async list(ctx: Ctx, query: ComponentListQuery): Promise<Rows<Component & { isAlive: boolean }>> {
    const { count, rows } = await this.components.list(ctx, query);
    const oldest = this.clock.now() - ALIVE_MS;
    return { count, rows: rows.map((row) => ({ ...row, isAlive: row.dateLastSeen.getTime() > oldest })) };
  }

  /** Deletes processes without a heartbeat for a day. */
  async deleteSilent(ctx: Ctx): Promise<void> {
    await this.components.deleteSilent(ctx, new Date(this.clock.now() - KEEP_MS));
  }
}
