import { Inject, Injectable } from '@nestjs/common';
import { connectivityTestRequested } from '@sallyport/bus';
import { uuidv7, type Clock, type OrgCtx } from '@sallyport/context';
import { Database } from '../../database/index.js';
import { actorName, CLOCK } from '../../platform/index.js';
import { Accounts } from '../accounts/index.js';
import { Outbox } from '../outbox/index.js';
import { taskNotFound } from './task.errors.js';
import { TaskRepository, type Task } from './task.repository.js';

@Injectable()
export class AskConnectivityTest {
  constructor(
    private readonly database: Database,
    private readonly tasks: TaskRepository,
    private readonly accounts: Accounts,
    private readonly outbox: Outbox,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Queues a test of an account's login. A worker takes it once it is published. Throws AccountNotFound. */
  async ask(ctx: OrgCtx, accountId: string): Promise<Task> {
    const id = uuidv7();
    return this.database.run(ctx, async (inside) => {
      await this.accounts.view(inside, accountId);
      const dateCreated = new Date(this.clock.now());
      await this.tasks.add(inside, {
        id,
        orgId: ctx.orgId,
        kind: 'connectivity-test',
        accountId,
        createdBy: actorName(ctx.actor),
        dateCreated,
      });
      await this.outbox.add(inside, connectivityTestRequested, { taskId: id }, id);
      return this.get(inside, id);
    });
  }

  /** Throws taskNotFound, also for another organization's. */
  async get(ctx: OrgCtx, id: string): Promise<Task> {
    const task = await this.tasks.find(ctx, id);
    if (!task) throw taskNotFound(id);
    return task;
  }
}
