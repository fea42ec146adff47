import type { Ctx } from '@sallyport/context';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { SignedIn } from './signed-in.js';

/** What the guard found out about a request. */
export interface RequestState {
  readonly ctx: Ctx;
  readonly signedIn: SignedIn | undefined;
}

const states = new WeakMap<FastifyRequest, RequestState>();

export const keepState = (request: FastifyRequest, state: RequestState): void => void states.set(request, state);

function stateOf(context: ExecutionContext): RequestState {
  const state = states.get(context.switchToHttp().getRequest<FastifyRequest>());
  if (!state) throw new Error('a handler ran without the auth guard before it');
  return state;
}

/** Parameter: the request's context. */
export const RequestCtx = createParamDecorator((_: unknown, context: ExecutionContext): Ctx => stateOf(context).ctx);

/** Parameter: who is signed in. Only for endpoints that are not public. */
export const Caller = createParamDecorator((_: unknown, context: ExecutionContext): SignedIn => {
  const { signedIn } = stateOf(context);
  if (!signedIn) throw new Error('a public endpoint asked who is signed in');
  return signedIn;
});
