import { Controller, Get, HttpCode, Post } from '@nestjs/common';
import { TaskView } from '@sallyport/contracts';
import type { OrgCtx } from '@sallyport/context';
import { Endpoint, IdParam, RequestCtx } from '../../http/index.js';
import { AskConnectivityTest } from './ask-connectivity-test.service.js';
import { toTaskView } from './task.view.js';

@Controller('api/v1')
export class TaskController {
  constructor(private readonly tests: AskConnectivityTest) {}

  @Post('accounts/accounts/:id/test-connectivity')
  @HttpCode(202)
  @Endpoint({
    right: 'accounts.accounts:test',
    summary: 'Start a connectivity test: a worker logs in with the account, the task shows the result',
    answer: TaskView,
    status: 202,
    refuses: { 404: ['ACCOUNT_NOT_FOUND'] },
  })
  async test(@RequestCtx() ctx: OrgCtx, @IdParam() accountId: string): Promise<TaskView> {
    return toTaskView(await this.tests.ask(ctx, accountId));
  }

  @Get('ops/tasks/:id')
  @Endpoint({ right: 'ops.tasks:view', summary: 'Read a task', answer: TaskView, refuses: { 404: ['TASK_NOT_FOUND'] } })
  async get(@RequestCtx() ctx: OrgCtx, @IdParam() id: string): Promise<TaskView> {
    return toTaskView(await this.tests.get(ctx, id));
  }
}
