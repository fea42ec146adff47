import { Controller, HttpCode, Post } from '@nestjs/common';
import type { OrgCtx } from '@sallyport/context';
import { Endpoint, IdParam, RequestCtx } from '../../http/index.js';
import { UnlockUser } from './unlock-user.service.js';

@Controller('api/v1/users/users')
export class UnlockController {
  constructor(private readonly unlocking: UnlockUser) {}

  @Post(':id/unlock')
  @HttpCode(204)
  @Endpoint({
    right: 'users.users:unlock',
    summary: 'Unlock a user after wrong passwords, and the sources that they came from',
    status: 204,
    refuses: { 404: ['USER_NOT_FOUND'] },
  })
  async unlock(@RequestCtx() ctx: OrgCtx, @IdParam() id: string): Promise<void> {
    await this.unlocking.unlock(ctx, id);
  }
}
