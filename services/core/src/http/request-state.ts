import type { OrgCtx } from '@sallyport/context';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { AuthenticatedCaller } from './authenticated-caller.js';

/** State that the guard keeps of a request. */
export interface RequestState {
  readonly ctx: OrgCtx;
  readonly caller: AuthenticatedCaller | undefined;
}

const states = new WeakMap<FastifyRequest, RequestState>();

/** Keeps the state as long as the request lives. */
export const keepState = (request: FastifyRequest, state: RequestState): void => void states.set(request, state);

function stateOf(context: ExecutionContext): RequestState {
  const state = states.get(context.switchToHttp().getRequest<FastifyRequest>());
  if (!state) throw new Error('a handler ran without the auth guard before it');
  return state;
}

/** Injects the request's context. */
export const RequestCtx = createParamDecorator((_: unknown, context: ExecutionContext): OrgCtx => stateOf(context).ctx);

/** Injects the signed-in caller. Only for endpoints that are not public. */
export const Caller = createParamDecorator((_: unknown, context: ExecutionContext): AuthenticatedCaller => {
  const { caller } = stateOf(context);
  if (!caller) throw new Error('a public endpoint asked for its caller');
  return caller;
});

/** Injects the If-Match header; undefined if the client sent none. */
export const IfMatch = createParamDecorator((_: unknown, context: ExecutionContext): string | undefined => {
  const header = context.switchToHttp().getRequest<FastifyRequest>().headers['if-match'];
  return Array.isArray(header) ? header.join(',') : header;
});
