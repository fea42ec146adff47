import { Controller, Get, HttpCode, Patch, Post } from '@nestjs/common';
import { PasswordChange, ProfileUpdate, UserView } from '@sallyport/contracts';
import type { Ctx } from '@sallyport/context';
import { Caller, Endpoint, RequestCtx, ZodBody, type SignedIn } from '../../http/index.js';
import { ChangeUser } from './change-user.service.js';
import { Passwords } from './passwords.service.js';
import { Users } from './users.service.js';

@Controller('api/v1/users/profile')
export class ProfileController {
  constructor(
    private readonly users: Users,
    private readonly changing: ChangeUser,
    private readonly passwords: Passwords,
  ) {}

  @Get()
  @Endpoint({ right: 'profile', summary: 'Who is signed in', answer: UserView })
  async get(@RequestCtx() ctx: Ctx, @Caller() caller: SignedIn): Promise<UserView> {
    return this.users.view(ctx, caller.userId);
  }

  @Patch()
  @Endpoint({ right: 'profile', summary: 'Change one’s own name or e-mail address', answer: UserView })
  async update(@RequestCtx() ctx: Ctx, @Caller() caller: SignedIn, @ZodBody(ProfileUpdate) body: ProfileUpdate): Promise<UserView> {
    return this.users.show(await this.changing.update(ctx, caller.userId, body));
  }

  @Post('password')
  @HttpCode(200)
  @Endpoint({
    right: 'profile',
    summary: 'Change one’s own password; other sign-ins end',
    answer: UserView,
    status: 200,
    beforePasswordChange: true,
  })
  async changePassword(
    @RequestCtx() ctx: Ctx,
    @Caller() caller: SignedIn,
    @ZodBody(PasswordChange) body: PasswordChange,
  ): Promise<UserView> {
    await this.passwords.changeOwn(ctx, caller.userId, {
      oldPassword: body.old_password,
      newPassword: body.new_password,
      keepTokenId: caller.tokenId,
    });
    return this.users.view(ctx, caller.userId);
  }
}
