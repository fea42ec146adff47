import { Inject, Injectable } from '@nestjs/common';
import { inOrg, type Clock, type Ctx } from '@sallyport/context';
import { Database } from '../../database/index.js';
import { CLOCK } from '../../platform/index.js';
import { Credentials, type AccountCredential } from '../accounts/index.js';
import { HostKeys, Hosts, type PinnedKey } from '../assets/index.js';
import { TaskFinished, taskNotFound } from './task.errors.js';
import { taskLifecycle } from './task.machine.js';
import { TaskRepository, type Task } from './task.repository.js';

/** Address, credential and host keys for one test. */
export interface ConnectivityTest {
  readonly address: string;
  readonly port: number;
  readonly credential: AccountCredential;
  readonly hostKeys: readonly PinnedKey[];
}

@Injectable()
export class ClaimConnectivityTest {
  constructor(
    private readonly database: Database,
    private readonly tasks: TaskRepository,
    private readonly credentials: Credentials,
    private readonly hosts: Hosts,
    private readonly keys: HostKeys,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Claims a task for a worker. It may be claimed again, because its message comes at least once. Throws TASK_NOT_FOUND and TaskFinished. */
  async claim(ctx: Ctx, taskId: string, workerId: string): Promise<ConnectivityTest> {
    const { accountId, orgId, state } = await this.database.run(ctx, (inside) => this.start(inside, taskId, workerId));
    if (accountId === null) throw new TaskFinished(taskId, state);
    const within = inOrg(ctx, orgId);
    const credential = await this.credentials.open(within, accountId);
    const host = await this.hosts.view(within, credential.assetId);
    return { address: host.address, port: host.port, credential, hostKeys: await this.keys.pinned(within, credential.assetId) };
  }

  private async start(ctx: Ctx, taskId: string, workerId: string): Promise<Pick<Task, 'accountId' | 'orgId' | 'state'>> {
    const task = await this.tasks.lockForWorker(ctx, taskId);
    if (!task) throw taskNotFound(taskId);
    const state = taskLifecycle.next(task.state, 'claim');
    if (!state) throw new TaskFinished(taskId, task.state);
    const now = new Date(this.clock.now());
    if (task.accountId !== null) {
      await this.tasks.start(inOrg(ctx, task.orgId), taskId, workerId, now);
      return { ...task, state };
    }
    await this.tasks.finish(inOrg(ctx, task.orgId), taskId, {
      state: 'failed',
      outcome: null,
      detail: 'The account was deleted',
      durationMs: null,
      dateFinished: now,
    });
    return { ...task, state: 'failed' };
  }
}
