import { Controller, Delete, HttpCode, Inject, Ip, Post } from '@nestjs/common';
import { SignInAnswer, SignInRequest } from '@sallyport/contracts';
import type { Clock, OrgCtx } from '@sallyport/context';
import { Caller, Endpoint, RequestCtx, ZodBody, type AuthenticatedCaller } from '../../http/index.js';
import { CLOCK } from '../../platform/index.js';
import { ApiTokens } from '../api-tokens/index.js';
import { Users } from '../users/index.js';
import { SignInLocked, SignInRefused } from './authentication.errors.js';
import { SignIn } from './sign-in.service.js';

@Controller('api/v1/authentication/auth')
export class AuthenticationController {
  constructor(
    private readonly signIn: SignIn,
    private readonly tokens: ApiTokens,
    private readonly users: Users,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Post()
  @HttpCode(200)
  @Endpoint({
    right: 'public',
    summary: 'Sign in for a bearer token',
    answer: SignInAnswer,
    status: 200,
    refuses: { 401: ['SIGN_IN_REFUSED'], 429: ['AUTH_LOCKED'], 503: ['AUTH_BUSY'] },
  })
  async create(@RequestCtx() ctx: OrgCtx, @Ip() sourceIp: string, @ZodBody(SignInRequest) body: SignInRequest): Promise<SignInAnswer> {
    const result = await this.signIn.withPassword(ctx, { ...body, sourceIp, via: 'api' });
    if (result.outcome === 'locked') throw new SignInLocked(Math.ceil((result.until.getTime() - this.clock.now()) / 1000));
    if (result.outcome === 'wrong') throw new SignInRefused();
    const { token, expiresAt } = await this.tokens.issue(ctx, result.user.id, sourceIp);
    const user = await this.users.view(ctx, result.user.id);
    return { token, expires_at: expiresAt.toISOString(), user, must_change_password: user.must_change_password };
  }

  @Delete()
  @HttpCode(204)
  @Endpoint({
    right: 'authentication.auth:delete',
    summary: 'End this sign-in: its token is not valid any more',
    status: 204,
    beforePasswordChange: true,
  })
  async end(@RequestCtx() ctx: OrgCtx, @Caller() caller: AuthenticatedCaller): Promise<void> {
    await this.tokens.revoke(ctx, caller.tokenId);
  }
}
