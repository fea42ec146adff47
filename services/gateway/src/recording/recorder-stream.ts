import { backOffMs, type Clock } from '@sallyport/context';
import type { IngestRequest, IngestResponse, IngestServiceService } from '@sallyport/proto-gen/recording/v1/ingest';
import type { BidiCall, RpcClient } from '@sallyport/rpc';
import type { Logger } from '@sallyport/telemetry';

/** Messages and events of a stream; the link implements it. */
export interface StreamTraffic {
  /** Handles the start of a stream. */
  connected(): void;
  /** Handles the end of a stream. Of the messages sent on it, only the acknowledged ones have arrived for certain. */
  disconnected(): void;
  /** Waits for the next message. Returns undefined after the signal has fired and `disconnected` was called. */
  next(signal: AbortSignal): Promise<IngestRequest | undefined>;
  answered(response: IngestResponse): void;
}

/** Collaborators of a stream. */
export interface StreamDeps {
  readonly client: RpcClient<typeof IngestServiceService>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly traffic: StreamTraffic;
}

const READY_MS = 5_000;
const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 3_000;

/** Keeps one Ingest stream to a recorder open until `stop` fires, with growing pauses after failures. */
export async function keepStream(deps: StreamDeps, stop: AbortSignal): Promise<void> {
  for (let failures = 0; !stop.aborted; ) {
    const wasUp = await oneStream(deps, stop, failures === 0);
    failures = wasUp ? 0 : failures + 1;
    if (!stop.aborted) await deps.clock.sleep(backOffMs(failures, FIRST_WAIT_MS, LONGEST_WAIT_MS), stop).catch(() => undefined);
  }
}

/** Runs one stream from beginning to end. Returns true if it was established. An outage logs one line, not one per attempt. */
async function oneStream({ client, logger, traffic }: StreamDeps, stop: AbortSignal, isFirstTry: boolean): Promise<boolean> {
  const over = new AbortController();
  const signal = AbortSignal.any([stop, over.signal]);
  let call: BidiCall<IngestRequest, IngestResponse> | undefined;
  try {
    await orStopped(client.waitForReady(READY_MS), stop);
    call = client.bidi('ingest', {});
    traffic.connected();
    await Promise.race([send(call, traffic, signal), receive(call, traffic, signal)]);
    return true;
  } catch (error) {
    if (!stop.aborted) logger[isFirstTry ? 'warn' : 'debug']({ problem: (error as Error).message }, 'the recorder is away, trying again');
    return call !== undefined;
  } finally {
    over.abort();
    call?.cancel();
    if (call !== undefined) traffic.disconnected();
  }
}

/** Waits for `work`, but not beyond the stop. */
async function orStopped(work: Promise<void>, stop: AbortSignal): Promise<void> {
  const stopped = Promise.withResolvers<never>();
  const onStop = (): void => stopped.reject(new Error('the gateway stops'));
  if (stop.aborted) onStop();
  stop.addEventListener('abort', onStop);
  await Promise.race([work, stopped.promise]).finally(() => stop.removeEventListener('abort', onStop));
}

async function send(call: BidiCall<IngestRequest, IngestResponse>, traffic: StreamTraffic, signal: AbortSignal): Promise<void> {
  for (let message = await traffic.next(signal); message !== undefined; message = await traffic.next(signal)) await call.write(message);
}

/** Receives until the recorder ends the stream, because it stops and another takes over. */
async function receive(call: BidiCall<IngestRequest, IngestResponse>, traffic: StreamTraffic, signal: AbortSignal): Promise<void> {
  for await (const response of call) {
    if (signal.aborted) return;
    traffic.answered(response);
  }
}
