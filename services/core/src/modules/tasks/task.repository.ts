import { Injectable } from '@nestjs/common';
import type { Ctx } from '@sallyport/context';
import { Database } from '../../database/index.js';
import { TaskEntity } from './task.entity.js';

/** A task as the domain sees it. */
export type Task = Readonly<TaskEntity>;

/** What is known when a task is asked for. */
export type NewTask = Pick<Task, 'id' | 'orgId' | 'kind' | 'accountId' | 'createdBy' | 'dateCreated'>;

/** How a task went. */
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

  find(ctx: Ctx, id: string): Promise<Task | null> {
    return this.database.manager(ctx).findOneBy(TaskEntity, { id });
  }

  /** The task, held until the transaction ends. */
  lock(ctx: Ctx, id: string): Promise<Task | null> {
    return this.database.manager(ctx).findOne(TaskEntity, { where: { id }, lock: { mode: 'pessimistic_write' } });
  }

  async add(ctx: Ctx, task: NewTask): Promise<void> {
    await this.database.manager(ctx).insert(TaskEntity, task);
  }

  async start(ctx: Ctx, id: string, workerId: string, dateStarted: Date): Promise<void> {
    await this.database.manager(ctx).update(TaskEntity, { id }, { state: 'running', workerId, dateStarted });
  }

  async finish(ctx: Ctx, id: string, result: TaskResult): Promise<void> {
    await this.database.manager(ctx).update(TaskEntity, { id }, result);
  }

  /** Unfinished tasks that were asked for before `asked`, or claimed before `started`; held, and those held elsewhere passed over. */
  takeOverdue(ctx: Ctx, asked: Date, started: Date, limit: number): Promise<Task[]> {
    return this.database
      .manager(ctx)
      .createQueryBuilder(TaskEntity, 'task')
      .where(`(task.state = 'queued' AND task.date_created < :asked) OR (task.state = 'running' AND task.date_started < :started)`, {
        asked,
        started,
      })
      .orderBy('task.date_created')
      .limit(limit)
      .setLock('pessimistic_write')
      .setOnLocked('skip_locked')
      .getMany();
  }
}
