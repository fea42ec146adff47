import { Controller, HttpCode, Ip, Post } from '@nestjs/common';
import { PasswordChange, UserView } from '@sallyport/contracts';
import type { OrgCtx } from '@sallyport/context';
import { Caller, Endpoint, RequestCtx, ZodBody, type AuthenticatedCaller } from '../../http/index.js';
import { Users } from '../users/index.js';
import { OwnPassword } from './own-password.service.js';

@Controller('api/v1/users/profile/password')
export class OwnPasswordController {
  constructor(
    private readonly users: Users,
    private readonly own: OwnPassword,
  ) {}

  @Post()
  @HttpCode(200)
  @Endpoint({
    right: 'users.profile:update',
    summary: 'Change the own password; other sign-ins end',
    answer: UserView,
    status: 200,
    refuses: {
      400: ['OLD_PASSWORD_WRONG', 'PASSWORD_UNCHANGED', 'PASSWORD_TOO_EASY'],
      404: ['USER_NOT_FOUND'],
      429: ['AUTH_LOCKED', 'TOO_MANY_PASSWORDS'],
      503: ['AUTH_BUSY', 'PASSWORDS_BUSY'],
    },
    beforePasswordChange: true,
  })
  async change(
    @RequestCtx() ctx: OrgCtx,
    @Caller() { userId, username, tokenId }: AuthenticatedCaller,
    @Ip() sourceIp: string,
    @ZodBody(PasswordChange) body: PasswordChange,
  ): Promise<UserView> {
    await this.own.change(ctx, {
      userId,
      username,
      sourceIp,
      tokenId,
      oldPassword: body.old_password,
      newPassword: body.new_password,
    });
    return this.users.view(ctx, userId);
  }
}
