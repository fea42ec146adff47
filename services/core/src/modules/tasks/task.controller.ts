import { Controller, Get, HttpCode, Post } from '@nestjs/common';
import { TaskView } from '@sallyport/contracts';
import type { Ctx } from '@sallyport/context';
import { Endpoint, IdParam, RequestCtx } from '../../http/index.js';
import { DEFAULT_ORG_ID } from '../orgs/index.js';
import { AskConnectivityTest } from './ask-connectivity-test.service.js';
import { toTaskView } from './task.view.js';

@Controller('api/v1')
export class TaskController {
  constructor(private readonly tests: AskConnectivityTest) {}

  @Post('accounts/accounts/:id/test-connectivity')
  @HttpCode(202)
  @Endpoint({
    right: 'administer',
    summary: 'Have a worker log in with an account; follow the task for the result',
    answer: TaskView,
    status: 202,
  })
  async test(@RequestCtx() ctx: Ctx, @IdParam() accountId: string): Promise<TaskView> {
    return toTaskView(await this.tests.ask(ctx, DEFAULT_ORG_ID, accountId));
  }

  @Get('ops/tasks/:id')
  @Endpoint({ right: 'administer', summary: 'Show a task', answer: TaskView })
  async get(@RequestCtx() ctx: Ctx, @IdParam() id: string): Promise<TaskView> {
    return toTaskView(await this.tests.get(ctx, DEFAULT_ORG_ID, id));
  }
}
