/**
 * Couples two channels of two connections packet by packet: data, stderr, requests, EOF and close pass in order, half-close is kept, and
 * each peer has credit only for what the other side and the taps have taken.
 */
import type { Channel } from '../connection/channel.js';
import type { Timer } from '../transport/clock.js';
import { RelayDirectionFlow, type RelayContext } from './relay-direction.js';
import type { RelayDirection, RelayFilter, RelayTap } from './tap.js';

/** Who watches and who decides. */
export interface RelayOptions {
  readonly taps?: readonly RelayTap[];
  readonly filters?: { readonly input?: RelayFilter; readonly output?: RelayFilter };
  /** How long what a client sent before it closed its channel may wait for a target that does not read, in milliseconds. */
  readonly lingerMs?: number;
}

/** A running relay. */
export interface Relay {
  /** Data bytes passed on so far. */
  bytes(direction: RelayDirection): number;
  /** Those of them that took the fast path: sealed again where they lay. */
  inPlaceBytes(direction: RelayDirection): number;
  /** Bytes that wait for the far side now; bounded by the near channel's window. */
  waitingBytes(direction: RelayDirection): number;
  /** Settled when nothing waits in this direction, or the relay has ended. Never rejects. */
  drained(direction: RelayDirection): Promise<void>;
  /** A tap has room again. */
  resume(): void;
  /** Puts bytes of our own among those that pass: to the client with `output`. Keep them few: nothing limits them. */
  inject(direction: RelayDirection, bytes: Buffer, stream?: number): void;
  /** Closes both channels. */
  close(): void;
  /** Settled when both channels are closed. Never rejects. */
  readonly ended: Promise<void>;
}

const DEFAULT_LINGER_MS = 10_000;

/** Takes over both channels' handlers, and widens their windows. Neither channel may have data that was received and not consumed. */
export function coupleChannels(client: Channel, target: Channel, options: RelayOptions = {}): Relay {
  return new ChannelRelay(client, target, options);
}

class ChannelRelay implements Relay {
  readonly ended: Promise<void>;
  private readonly flows: Record<RelayDirection, RelayDirectionFlow>;
  private readonly taps: readonly RelayTap[];
  private readonly open = new Set<RelayDirection>(['input', 'output']);
  private settleEnded: () => void = () => undefined;
  private linger: Timer | undefined;

  constructor(
    private readonly client: Channel,
    private readonly target: Channel,
    private readonly options: RelayOptions,
  ) {
    this.taps = options.taps ?? [];
    this.ended = new Promise((resolve) => {
      this.settleEnded = resolve;
    });
    const context: RelayContext = { taps: this.taps, ended: (direction) => this.closeSink(direction), fail: () => this.close() };
    this.flows = {
      input: new RelayDirectionFlow('input', client, target, context, options.filters?.input),
      output: new RelayDirectionFlow('output', target, client, context, options.filters?.output),
    };
    client.setHandler({ ...this.flows.input.handler(), writable: () => this.onWritable('output'), closed: (reason) => this.onClosed('input', reason) });
    target.setHandler({ ...this.flows.output.handler(), writable: () => this.onWritable('input'), closed: (reason) => this.onClosed('output', reason) });
    client.widen();
    target.widen();
  }

  bytes(direction: RelayDirection): number {
    return this.flows[direction].passedBytes;
  }

  inPlaceBytes(direction: RelayDirection): number {
    return this.flows[direction].inPlaceBytes;
  }

  waitingBytes(direction: RelayDirection): number {
    return this.flows[direction].waitingBytes;
  }

  drained(direction: RelayDirection): Promise<void> {
    return this.flows[direction].drained();
  }

  resume(): void {
    this.flows.input.pay();
    this.flows.output.pay();
  }

  inject(direction: RelayDirection, bytes: Buffer, stream = 0): void {
    this.flows[direction].inject(bytes, stream);
  }

  close(): void {
    this.client.close();
    this.target.close();
  }

  private onWritable(direction: RelayDirection): void {
    this.flows[direction].pump();
  }

  /** A target's last words still reach the client; a client that is gone wants nothing any more, so its target is not kept for long. */
  private onClosed(direction: RelayDirection, reason: Error | undefined): void {
    this.open.delete(direction);
    const flow = this.flows[direction];
    const isGone = reason !== undefined && direction === 'input';
    if (isGone) this.closeSink(direction);
    else flow.end();
    if (direction === 'input' && this.target.isOpen) this.startLinger();
    this.flows[direction === 'input' ? 'output' : 'input'].abort();
    if (this.open.size === 0) this.finish();
  }

  private startLinger(): void {
    this.linger ??= this.target.port.transport.clock.after(this.options.lingerMs ?? DEFAULT_LINGER_MS, () => this.closeSink('input'));
  }

  private closeSink(direction: RelayDirection): void {
    this.flows[direction].abort();
    (direction === 'input' ? this.target : this.client).close();
  }

  private finish(): void {
    this.linger?.cancel();
    for (const tap of this.taps) tap.closed?.();
    this.settleEnded();
  }
}
