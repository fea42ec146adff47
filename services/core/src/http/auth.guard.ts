import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Actor, Ctx } from '@sallyport/context';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ENDPOINT, type EndpointFacts } from './endpoint.js';
import { NotSignedIn, PasswordChangeRequired, RightMissing } from './http.errors.js';
import { keepState } from './request-state.js';
import { roleHas } from './rights.js';
import { BearerTokens, type SignedIn } from './signed-in.js';

/** Lets nobody through to a route that says not who may use it. */
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
    const signedIn = endpoint.right === 'public' ? undefined : await this.signedIn(anonymous, request);
    if (signedIn) refuseUnless(endpoint, signedIn);
    keepState(request, { signedIn, ctx: signedIn ? { ...anonymous, actor: actorOf(signedIn, request.ip) } : anonymous });
    return true;
  }

  private async signedIn(ctx: Ctx, request: FastifyRequest): Promise<SignedIn> {
    const token = /^Bearer +([A-Za-z0-9_-]{1,256})$/i.exec(request.headers.authorization ?? '')?.[1];
    if (!token) throw new NotSignedIn();
    const signedIn = await this.tokens.resolve(ctx, token);
    if (!signedIn) throw new NotSignedIn('The bearer token is unknown or has expired: sign in again');
    return signedIn;
  }
}

function refuseUnless(endpoint: EndpointFacts, { role, mustChangePassword }: SignedIn): void {
  if (mustChangePassword && !endpoint.beforePasswordChange) throw new PasswordChangeRequired();
  if (!roleHas(role, endpoint.right)) throw new RightMissing(role, endpoint.right);
}

function anonymousCtx(request: FastifyRequest, reply: FastifyReply): Ctx {
  const abort = new AbortController();
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) abort.abort(new Error('the client went away'));
  });
  return { requestId: request.id, actor: { kind: 'service', name: 'anonymous' }, signal: abort.signal };
}

const actorOf = (signedIn: SignedIn, sourceIp: string): Actor => ({
  kind: 'user',
  userId: signedIn.userId,
  username: signedIn.username,
  sourceIp,
});
