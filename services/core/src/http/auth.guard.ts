import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Actor, OrgCtx } from '@sallyport/context';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DEFAULT_ORG_ID } from '../modules/orgs/index.js';
import { roleHas } from '../rights/index.js';
import { bearerTokenOf, BearerTokens, type AuthenticatedCaller } from './authenticated-caller.js';
import { ENDPOINT, rightsOf, type EndpointFacts } from './endpoint.js';
import { NotSignedIn, PasswordChangeRequired, RightMissing } from './http.errors.js';
import { keepState } from './request-state.js';

/** Authenticates and authorizes each request. Refuses a route without @Endpoint. */
@Injectable()
export class AuthGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly tokens: BearerTokens,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const endpoint = this.reflector.get<EndpointFacts | undefined>(ENDPOINT, context.getHandler());
    if (!endpoint) throw new Error(`${context.getClass().name}.${context.getHandler().name} has no @Endpoint`);
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const anonymous = anonymousCtx(request, context.switchToHttp().getResponse<FastifyReply>());
    const caller = endpoint.right === 'public' ? undefined : await this.callerOf(anonymous, request);
    if (caller) refuseUnless(endpoint, caller);
    keepState(request, { caller, ctx: caller ? { ...anonymous, actor: actorOf(caller, request.ip) } : anonymous });
    return true;
  }

  private async callerOf(ctx: OrgCtx, request: FastifyRequest): Promise<AuthenticatedCaller> {
    const token = bearerTokenOf(request);
    if (!token) throw new NotSignedIn();
    const caller = await this.tokens.resolve(ctx, token);
    if (!caller) throw new NotSignedIn('The bearer token is unknown or has expired: sign in again');
    return caller;
  }
}

function refuseUnless(endpoint: EndpointFacts, { role, mustChangePassword }: AuthenticatedCaller): void {
  if (mustChangePassword && !endpoint.beforePasswordChange) throw new PasswordChangeRequired();
  const missing = rightsOf(endpoint).find((right) => !roleHas(role, right));
  if (missing) throw new RightMissing(role, missing);
}

/** Returns the context of a caller that is not known yet. Users have no memberships yet: all act in the default organization. */
function anonymousCtx(request: FastifyRequest, reply: FastifyReply): OrgCtx {
  const abort = new AbortController();
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) abort.abort(new Error('the client closed the connection'));
  });
  return { orgId: DEFAULT_ORG_ID, requestId: request.id, actor: { kind: 'service', name: 'anonymous' }, signal: abort.signal };
}

const actorOf = ({ userId, username }: AuthenticatedCaller, sourceIp: string): Actor => ({ kind: 'user', userId, username, sourceIp });
