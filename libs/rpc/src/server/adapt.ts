import {
  status as GrpcStatus,
  type sendUnaryData,
  type ServerDuplexStream,
  type ServerUnaryCall,
  type ServerWritableStream,
} from '@grpc/grpc-js';
import type { ServerSurfaceCall } from '@grpc/grpc-js/build/src/server-call.js';
import { grpcStatus, logLevel, toAppError } from '@sallyport/errors';
import { inSpan, type Logger } from '@sallyport/telemetry';
import { toStatus } from '../error-mapping.js';
import { readMessages } from '../streams/read.js';
import { writeMessage } from '../streams/write.js';
import { callContext, type RpcCtx } from './call-context.js';
import type { MessageSink } from './handlers.js';
import type { ServerMetrics } from './server-metrics.js';

/** Collaborators that all methods of a service share. */
export interface HandlerDeps {
  readonly allow: readonly string[];
  readonly logger: Logger;
  readonly metrics: ServerMetrics | undefined;
}

/** Turns a promise-returning handler into grpc-js's form. */
export function adaptUnary<Req, Res>(deps: HandlerDeps, handle: (ctx: RpcCtx, request: Req) => Promise<Res>) {
  return (call: ServerUnaryCall<Req, Res>, callback: sendUnaryData<Res>): void => {
    run(deps, call, true, (ctx) => handle(ctx, call.request)).then(
      (response) => callback(null, response),
      (error: unknown) => callback(toStatus(error)),
    );
  };
}

/** Turns an async-iterable-returning handler into grpc-js's form. Waits while the caller's buffer is full. */
export function adaptServerStream<Req, Res>(deps: HandlerDeps, handle: (ctx: RpcCtx, request: Req) => AsyncIterable<Res>) {
  return (call: ServerWritableStream<Req, Res>): void => {
    const work = run(deps, call, false, async (ctx) => {
      for await (const message of handle(ctx, call.request)) await writeMessage(call, message, ctx.signal);
    });
    finish(call, work);
  };
}

/** Turns a two-way handler into grpc-js's form. */
export function adaptBidi<Req, Res>(
  deps: HandlerDeps,
  handle: (ctx: RpcCtx, requests: AsyncIterable<Req>, out: MessageSink<Res>) => Promise<void>,
) {
  return (call: ServerDuplexStream<Req, Res>): void => {
    const work = run(deps, call, false, (ctx) =>
      handle(ctx, readMessages<Req>(call), { write: (message) => writeMessage(call, message, ctx.signal) }),
    );
    finish(call, work);
  };
}

async function run<T>(deps: HandlerDeps, call: ServerSurfaceCall, needsDeadline: boolean, work: (ctx: RpcCtx) => Promise<T>): Promise<T> {
  const startedAt = performance.now();
  const answered = (code: GrpcStatus): void =>
    deps.metrics?.answered(call.getPath(), GrpcStatus[code], (performance.now() - startedAt) / 1000);
  let ctx: RpcCtx | undefined;
  try {
    const entered = callContext(call, deps.allow, needsDeadline);
    ctx = entered;
    const result = await inSpan(call.getPath(), 'server', plainHeaders(call), () => work(entered));
    answered(GrpcStatus.OK);
    return result;
  } catch (thrown) {
    if (ctx?.signal.aborted) {
      answered(GrpcStatus.CANCELLED);
      throw thrown;
    }
    const error = toAppError(thrown);
    answered(grpcStatus(error.kind));
    deps.logger[logLevel(error.kind)](
      {
        err: error.kind === 'bug' ? error.cause : error,
        code: error.code,
        method: call.getPath(),
        requestId: ctx?.requestId,
        peer: ctx?.peer,
      },
      'call failed',
    );
    throw error;
  }
}

function finish(call: ServerSurfaceCall & { end(): void }, work: Promise<void>): void {
  work.then(
    () => call.end(),
    (error: unknown) => {
      // grpc-js turns an emitted status object into the call's trailers.
      call.emit('error', toStatus(error));
    },
  );
}

function plainHeaders(call: ServerSurfaceCall): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const name of ['traceparent', 'tracestate']) {
    const value = call.metadata.get(name)[0];
    if (value !== undefined) headers[name] = value.toString();
  }
  return headers;
}
