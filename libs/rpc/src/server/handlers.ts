import type { MethodDefinition, RequestOf, ResponseOf } from '../method-types.js';
import type { RpcCtx } from './call-context.js';

/** The writing side of a streaming handler. */
export interface MessageSink<T> {
  /** Writes a message. Resolves when there is room for more. */
  write(message: T): Promise<void>;
}

type HandlerOf<M> =
  M extends MethodDefinition<infer _Req, infer _Res, false, false>
    ? (ctx: RpcCtx, request: RequestOf<M>) => Promise<ResponseOf<M>>
    : M extends MethodDefinition<infer _Req, infer _Res, false, true>
      ? (ctx: RpcCtx, request: RequestOf<M>) => AsyncIterable<ResponseOf<M>>
      : M extends MethodDefinition<infer _Req, infer _Res, true, true>
        ? (ctx: RpcCtx, requests: AsyncIterable<RequestOf<M>>, out: MessageSink<ResponseOf<M>>) => Promise<void>
        : never;

/** One handler per method of S. */
export type Handlers<S> = { readonly [K in keyof S]: HandlerOf<S[K]> };
