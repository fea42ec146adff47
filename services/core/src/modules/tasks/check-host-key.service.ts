import { Injectable } from '@nestjs/common';
import { inOrg, type Ctx } from '@sallyport/context';
import { Database } from '../../database/index.js';
import { Accounts } from '../accounts/index.js';
import { HostKeys, type HostKeyVerdict } from '../assets/index.js';
import { TaskFinished, TaskNotClaimed, taskNotFound } from './task.errors.js';
import { taskLifecycle } from './task.machine.js';
import { TaskRepository } from './task.repository.js';

@Injectable()
export class CheckHostKey {
  constructor(
    private readonly database: Database,
    private readonly tasks: TaskRepository,
    private readonly accounts: Accounts,
    private readonly keys: HostKeys,
  ) {}

  /** Judges the key that an asset proved in a running test, as that of a session. Throws TASK_NOT_FOUND, TaskNotClaimed and TaskFinished. */
  async check(ctx: Ctx, taskId: string, blob: Buffer): Promise<HostKeyVerdict> {
    return this.database.run(ctx, async (inside) => {
      const task = await this.tasks.lockForWorker(inside, taskId);
      if (!task) throw taskNotFound(taskId);
      if (task.accountId === null || taskLifecycle.isFinal(task.state)) throw new TaskFinished(taskId, task.state);
      if (task.state === 'queued') throw new TaskNotClaimed(taskId);
      const within = inOrg(inside, task.orgId);
      const { asset } = await this.accounts.view(within, task.accountId);
      const by = { actor: { username: task.createdBy }, facts: { task: taskId } };
      const verdict = await this.keys.judge(within, { assetId: asset.id, blob, by });
      await this.tasks.recordHostKey(within, taskId, verdict.fingerprint);
      return verdict;
    });
  }
}
