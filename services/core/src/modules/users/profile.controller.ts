import { Controller, Get, HttpCode, Patch, Post } from '@nestjs/common';
import { PasswordChange, ProfileUpdate, UserView } from '@sallyport/contracts';
import type { OrgCtx } from '@sallyport/context';
import { Caller, Endpoint, IfMatch, RequestCtx, ZodBody, type AuthenticatedCaller } from '../../http/index.js';
import { Passwords } from './passwords.service.js';
import { Users } from './users.service.js';

@Controller('api/v1/users/profile')
export class ProfileController {
  constructor(
    private readonly users: Users,
    private readonly passwords: Passwords,
  ) {}

  @Get()
  @Endpoint({ right: 'users.profile:view', summary: 'Read the own user', answer: UserView })
  async get(@RequestCtx() ctx: OrgCtx, @Caller() caller: AuthenticatedCaller): Promise<UserView> {
    return this.users.view(ctx, caller.userId);
  }

  @Patch()
  @Endpoint({ right: 'users.profile:update', summary: 'Change the own name or e-mail address', answer: UserView })
  async update(
    @RequestCtx() ctx: OrgCtx,
    @Caller() caller: AuthenticatedCaller,
    @IfMatch() ifMatch: string | undefined,
    @ZodBody(ProfileUpdate) body: ProfileUpdate,
  ): Promise<UserView> {
    return this.users.update(ctx, caller.userId, body, ifMatch);
  }

  @Post('password')
  @HttpCode(200)
  @Endpoint({
    right: 'users.profile:update',
    summary: 'Change the own password; other sign-ins end',
    answer: UserView,
    status: 200,
    beforePasswordChange: true,
  })
  async changePassword(
    @RequestCtx() ctx: OrgCtx,
    @Caller() caller: AuthenticatedCaller,
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
