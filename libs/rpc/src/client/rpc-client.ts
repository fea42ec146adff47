import { Client, Metadata, type CallOptions } from '@grpc/grpc-js';
import { uuidv7 } from '@sallyport/context';
import type { AppError } from '@sallyport/errors';
import { inSpan, traceHeaders, type Metrics } from '@sallyport/telemetry';
import { CHANNEL_OPTIONS } from '../channel-options.js';
import type { MeshCredentials } from '../credentials.js';
import { fromStatus } from '../error-mapping.js';
import type { MethodsWith, RequestOf, ResponseOf, ServiceDefinition } from '../method-types.js';
import { readMessages } from '../streams/read.js';
import { writeMessage } from '../streams/write.js';
import { clientMetrics } from './client-metrics.js';

/** Options of a call. */
export interface UnaryOptions {
  /** Deadline. Every call has one. */
  timeoutMs: number;
  signal?: AbortSignal | undefined;
  requestId?: string | undefined;
  /** Wait for the peer to come back, up to the deadline, rather than failing at once. */
  waitForReady?: boolean;
}

/** Options of a stream. */
export interface StreamOptions {
  /** Deadline of the whole stream; absent for a stream that lives as long as its peers. */
  timeoutMs?: number;
  signal?: AbortSignal | undefined;
  requestId?: string | undefined;
}

/** An open two-way stream. Reading it throws the peer's error. */
export interface BidiCall<Req, Res> extends AsyncIterable<Res> {
  /** Writes a message. Resolves when there is room for more. */
  write(message: Req): Promise<void>;
  /** Ends the sending side. */
  end(): void;
  /** Cancels the stream. */
  cancel(): void;
}

/** Calls one service of one peer. Errors arrive as the classes of libs/errors. */
export interface RpcClient<S extends ServiceDefinition> {
  unary<M extends MethodsWith<S, false, false>>(method: M, request: RequestOf<S[M]>, options: UnaryOptions): Promise<ResponseOf<S[M]>>;
  serverStream<M extends MethodsWith<S, false, true>>(
    method: M,
    request: RequestOf<S[M]>,
    options: StreamOptions,
  ): AsyncIterable<ResponseOf<S[M]>>;
  bidi<M extends MethodsWith<S, true, true>>(method: M, options: StreamOptions): BidiCall<RequestOf<S[M]>, ResponseOf<S[M]>>;
  /** Resolves when there is a connection; rejects after `ms`. */
  waitForReady(ms: number): Promise<void>;
  close(): void;
}

/** Settings of a client. */
export interface ClientOptions {
  credentials: MeshCredentials;
  /** Service name that the peer's certificate must contain. */
  peer: string;
  /** Counts the calls that fail. */
  metrics?: Metrics;
}

/** Returns the error that a call ends with, and counts it. */
type FailCall = (error: unknown) => AppError;

/**
 * Creates a client for `definition` at `address`: host:port, or a list of IP addresses with ports. Calls are spread over all addresses, which
 * for a name are those that DNS has.
 */
export function createClient<S extends ServiceDefinition>(
  definition: S,
  address: string,
  { credentials, peer, metrics }: ClientOptions,
): RpcClient<S> {
  const grpc = new Client(targetOf(address), credentials.channel, {
    ...CHANNEL_OPTIONS,
    'grpc.ssl_target_name_override': peer,
    // Of DNS only addresses count: a TXT record does not change how calls are made.
    'grpc.service_config_disable_resolution': 1,
    'grpc.service_config': JSON.stringify({ loadBalancingConfig: [{ round_robin: {} }] }),
  });
  const counted = metrics && clientMetrics(metrics);
  const fail: FailCall = (thrown) => {
    const error = fromStatus(thrown, peer);
    counted?.failed(peer, error);
    return error;
  };
  return {
    unary: (method, request, options) => callUnary(grpc, definition[method] as never, request as never, options, fail) as never,
    serverStream: (method, request, options) =>
      callServerStream(grpc, definition[method] as never, request as never, options, fail) as never,
    bidi: (method, options) => callBidi(grpc, definition[method] as never, options, fail) as never,
    waitForReady: (ms) => waitForReady(grpc, ms, peer),
    close: () => grpc.close(),
  };
}

/** Returns an address as gRPC writes it: a list of IP addresses begins with its scheme. */
function targetOf(address: string): string {
  if (!address.includes(',')) return address;
  return `${address.startsWith('[') ? 'ipv6' : 'ipv4'}:${address}`;
}

interface Method<Req, Res> {
  path: string;
  requestSerialize: (value: Req) => Buffer;
  responseDeserialize: (bytes: Buffer) => Res;
}

function callUnary<Req, Res>(grpc: Client, method: Method<Req, Res>, request: Req, options: UnaryOptions, fail: FailCall): Promise<Res> {
  return inSpan(
    method.path,
    'client',
    traceHeaders(),
    () =>
      new Promise<Res>((resolve, reject) => {
        if (options.signal?.aborted) return reject(fail(options.signal.reason));
        const metadata = outgoing(options.requestId, options.waitForReady ?? false);
        const call = grpc.makeUnaryRequest(
          method.path,
          method.requestSerialize,
          method.responseDeserialize,
          request,
          metadata,
          deadline(options.timeoutMs),
          (error, response) => {
            options.signal?.removeEventListener('abort', cancel);
            if (error) reject(fail(error));
            else resolve(response as Res);
          },
        );
        const cancel = () => call.cancel();
        options.signal?.addEventListener('abort', cancel, { once: true });
      }),
  );
}

async function* callServerStream<Req, Res>(
  grpc: Client,
  method: Method<Req, Res>,
  request: Req,
  options: StreamOptions,
  fail: FailCall,
): AsyncGenerator<Res> {
  const call = grpc.makeServerStreamRequest(
    method.path,
    method.requestSerialize,
    method.responseDeserialize,
    request,
    outgoing(options.requestId, false),
    deadline(options.timeoutMs),
  );
  // After our own cancel the stream is read no longer; the error that follows it must not end the process.
  call.on('error', () => {});
  const cancel = () => call.cancel();
  options.signal?.addEventListener('abort', cancel, { once: true });
  try {
    for await (const message of readMessages<Res>(call)) yield message;
  } catch (error) {
    throw fail(error);
  } finally {
    options.signal?.removeEventListener('abort', cancel);
    call.cancel();
  }
}

function callBidi<Req, Res>(grpc: Client, method: Method<Req, Res>, options: StreamOptions, fail: FailCall): BidiCall<Req, Res> {
  const call = grpc.makeBidiStreamRequest(
    method.path,
    method.requestSerialize,
    method.responseDeserialize,
    outgoing(options.requestId, false),
    deadline(options.timeoutMs),
  );
  const closed = new AbortController();
  let failure: AppError | undefined;
  // A reader and the listener both receive the error: it counts once.
  const failOnce: FailCall = (error) => (failure ??= fail(error));
  // Without a listener an error between two reads would end the process. A reader still receives it from the iterator.
  call.on('error', (error) => closed.abort(failOnce(error)));
  const cancel = () => call.cancel();
  options.signal?.addEventListener('abort', cancel, { once: true });
  call.once('close', () => options.signal?.removeEventListener('abort', cancel));
  return {
    write: (message) => writeMessage(call, message, closed.signal),
    end: () => call.end(),
    cancel,
    async *[Symbol.asyncIterator]() {
      try {
        for await (const message of readMessages<Res>(call)) yield message;
      } catch (error) {
        throw failOnce(error);
      }
    },
  };
}

function waitForReady(grpc: Client, ms: number, peer: string): Promise<void> {
  return new Promise((resolve, reject) => {
    grpc.waitForReady(Date.now() + ms, (error) =>
      error ? reject(new Error(`${peer} can't be reached within ${ms} ms`, { cause: error })) : resolve(),
    );
  });
}

function outgoing(requestId: string | undefined, waitForReady: boolean): Metadata {
  const metadata = new Metadata({ waitForReady });
  metadata.set('sallyport-request-id', requestId ?? uuidv7());
  for (const [name, value] of Object.entries(traceHeaders())) metadata.set(name, value);
  return metadata;
}

const deadline = (timeoutMs: number | undefined): CallOptions => (timeoutMs === undefined ? {} : { deadline: Date.now() + timeoutMs });
