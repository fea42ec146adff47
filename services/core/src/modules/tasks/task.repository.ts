import { Injectable } from '@nestjs/common';
import type { Ctx, OrgCtx } from '@sallyport/context';
import { Database } from '../../database/index.js';
import { TaskEntity } from './task.entity.js';

/** A task as the domain sees it. */
export type Task = Readonly<TaskEntity>;

/** Columns of a task that is queued. */
export type NewTask = Pick<Task, 'id' | 'orgId' | 'kind' | 'accountId' | 'createdBy' | 'dateCreated'>;

/** Columns of a task's result. */
export interface TaskResult {
  readonly state: 'succeeded' | 'failed';
  readonly outcome: Task['outcome'];
  readonly detail: string;
  readonly durationMs: number | null;
  readonly dateFinished: Date;
}

@Injectable()
export class TaskRepository {
  constructor(private readonly database: Database) {}

  find(ctx: OrgCtx, id: string): Promise<Task | undefined> {
    return this.database.tenant(ctx, TaskEntity).find({ id });
  }

  /** Returns a task of any organization, locked until the transaction ends: a worker works for all. */
  lockForWorker(ctx: Ctx, id: string): Promise<Task | undefined> {
    return this.database.everyOrg(ctx, TaskEntity).lock({ id });
  }

  add(ctx: OrgCtx, task: NewTask): Promise<void> {
    return this.database.tenant(ctx, TaskEntity).insert(task);
  }

  async start(ctx: OrgCtx, id: string, workerId: string, dateStarted: Date): Promise<void> {
    await this.database.tenant(ctx, TaskEntity).update({ id }, { state: 'running', workerId, dateStarted });
  }

  async recordHostKey(ctx: OrgCtx, id: string, hostKeyFingerprint: string): Promise<void> {
    await this.database.tenant(ctx, TaskEntity).update({ id }, { hostKeyFingerprint });
  }

  async finish(ctx: OrgCtx, id: string, result: TaskResult): Promise<void> {
    await this.database.tenant(ctx, TaskEntity).update({ id }, result);
  }

  /** Returns unfinished tasks that were queued before `queued` or claimed before `started`, locked until the transaction ends. Skips locked ones. */
  takeOverdue(ctx: Ctx, queued: Date, started: Date, limit: number): Promise<Task[]> {
    return this.database
      .everyOrg(ctx, TaskEntity)
      .select('task')
      .andWhere(`((task.state = 'queued' AND task.date_created < :queued) OR (task.state = 'running' AND task.date_started < :started))`, {
        queued,
        started,
      })
      .orderBy('task.date_created')
      .limit(limit)
      .setLock('pessimistic_write')
      .setOnLocked('skip_locked')
      .getMany();
  }
}
