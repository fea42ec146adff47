import { Controller, HttpCode, Post } from '@nestjs/common';
import type { Ctx } from '@sallyport/context';
import { Endpoint, IdParam, RequestCtx } from '../../http/index.js';
import { UnlockUser } from './unlock-user.service.js';

@Controller('api/v1/users/users')
export class UnlockController {
  constructor(private readonly unlocking: UnlockUser) {}

  @Post(':id/unlock')
  @HttpCode(204)
  @Endpoint({
    right: 'administer',
    summary: 'Let a user who is locked out after wrong passwords try again, from wherever they tried',
    status: 204,
  })
  async unlock(@RequestCtx() ctx: Ctx, @IdParam() id: string): Promise<void> {
    await this.unlocking.unlock(ctx, id);
  }
}
