import { Controller, Get, Patch } from '@nestjs/common';
import { ProfileUpdate, UserView } from '@sallyport/contracts';
import type { OrgCtx } from '@sallyport/context';
import { Caller, Endpoint, IfMatch, RequestCtx, ZodBody, type AuthenticatedCaller } from '../../http/index.js';
import { Users } from './users.service.js';

@Controller('api/v1/users/profile')
export class ProfileController {
  constructor(private readonly users: Users) {}

  @Get()
  @Endpoint({ right: 'users.profile:view', summary: 'Read the own user', answer: UserView, refuses: { 404: ['USER_NOT_FOUND'] } })
  async get(@RequestCtx() ctx: OrgCtx, @Caller() caller: AuthenticatedCaller): Promise<UserView> {
    return this.users.view(ctx, caller.userId);
  }

  @Patch()
  @Endpoint({
    right: 'users.profile:update',
    summary: 'Change the own name or e-mail address',
    answer: UserView,
    takesIfMatch: true,
    refuses: { 404: ['USER_NOT_FOUND'], 409: ['EMAIL_TAKEN'] },
  })
  async update(
    @RequestCtx() ctx: OrgCtx,
    @Caller() caller: AuthenticatedCaller,
    @IfMatch() ifMatch: string | undefined,
    @ZodBody(ProfileUpdate) body: ProfileUpdate,
  ): Promise<UserView> {
    return this.users.update(ctx, caller.userId, body, ifMatch);
  }
}
