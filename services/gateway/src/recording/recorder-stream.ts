import { backOffMs, type Clock } from '@sallyport/context';
import type { IngestRequest, IngestResponse, IngestServiceService } from '@sallyport/proto-gen/recording/v1/ingest';
import type { BidiCall, RpcClient } from '@sallyport/rpc';
import type { Logger } from '@sallyport/telemetry';

/** What a stream carries; the link implements it. */
export interface StreamTraffic {
  /** A stream begins. */
  connected(): void;
  /** It is over; nothing that was sent on it may be relied on but what was acknowledged. */
  disconnected(): void;
  /** The next message; waits for one. Undefined when the signal has fired and `disconnected` was called. */
  next(signal: AbortSignal): Promise<IngestRequest | undefined>;
  answered(response: IngestResponse): void;
}

/** What it works with. */
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

/** One stream from beginning to end; true when it came about. An outage is worth one line, not one per try. */
async function oneStream({ client, logger, traffic }: StreamDeps, stop: AbortSignal, isFirstTry: boolean): Promise<boolean> {
  const over = new AbortController();
  const signal = AbortSignal.any([stop, over.signal]);
  let call: BidiCall<IngestRequest, IngestResponse> | undefined;
  try {
    await client.waitForReady(READY_MS);
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

async function send(call: BidiCall<IngestRequest, IngestResponse>, traffic: StreamTraffic, signal: AbortSignal): Promise<void> {
  for (let message = await traffic.next(signal); message !== undefined; message = await traffic.next(signal)) await call.write(message);
}

/** Ends when the recorder ends the stream: it stops, and another takes over. */
async function receive(call: BidiCall<IngestRequest, IngestResponse>, traffic: StreamTraffic, signal: AbortSignal): Promise<void> {
  for await (const response of call) {
    if (signal.aborted) return;
    traffic.answered(response);
  }
}
