import { Inject, Injectable } from '@nestjs/common';
import { inOrg, type Clock, type Ctx, type OrgCtx } from '@sallyport/context';
import { Database } from '../../database/index.js';
import { CLOCK } from '../../platform/index.js';
import { Accounts, Credentials } from '../accounts/index.js';
import { AuditLog } from '../audits/index.js';
import { TaskFinished, TaskNotClaimed, taskNotFound } from './task.errors.js';
import { taskLifecycle } from './task.machine.js';
import { TaskRepository, type Task } from './task.repository.js';

/** Result of a test, as the worker reports it. */
export interface ConnectivityReport {
  readonly outcome: NonNullable<Task['outcome']>;
  /** For the operator; no secret. */
  readonly detail: string;
  readonly durationMs: number;
}

@Injectable()
export class ReportConnectivityTest {
  constructor(
    private readonly database: Database,
    private readonly tasks: TaskRepository,
    private readonly accounts: Accounts,
    private readonly credentials: Credentials,
    private readonly audit: AuditLog,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Keeps a result, in the task and on the account. The same one again changes nothing; another one, and one that comes after the task
   * was given up, throws TaskFinished. Throws TASK_NOT_FOUND and TaskNotClaimed.
   */
  async report(ctx: Ctx, taskId: string, report: ConnectivityReport): Promise<void> {
    await this.database.run(ctx, async (inside) => {
      const task = await this.tasks.lockForWorker(inside, taskId);
      if (!task) throw taskNotFound(taskId);
      if (taskLifecycle.isFinal(task.state)) return refuseOther(task, report);
      if (task.state === 'queued') throw new TaskNotClaimed(taskId);
      await this.finish(inOrg(inside, task.orgId), task, report);
    });
  }

  private async finish(ctx: OrgCtx, task: Task, { outcome, detail, durationMs }: ConnectivityReport): Promise<void> {
    const isOk = outcome === 'ok';
    const now = new Date(this.clock.now());
    await this.tasks.finish(ctx, task.id, { state: isOk ? 'succeeded' : 'failed', outcome, detail, durationMs, dateFinished: now });
    if (task.accountId === null) return;
    await this.credentials.recordConnectivity(ctx, task.accountId, { isOk, error: isOk ? null : detail || outcome, checkedAt: now });
    const account = await this.accounts.view(ctx, task.accountId);
    await this.audit.write(ctx, {
      type: 'account.connectivity-tested',
      outcome: isOk ? 'success' : 'refused',
      resource: { kind: 'account', id: account.id, name: `${account.username} on ${account.asset.name}` },
      facts: { outcome, task: task.id, asked_by: task.createdBy },
    });
  }
}

function refuseOther(task: Task, { outcome }: ConnectivityReport): void {
  if (task.outcome !== outcome) throw new TaskFinished(task.id, task.state);
}
