/**
 * Couples two channels of two connections packet by packet: data, stderr, requests, EOF and close pass in order, half-close is kept, and
 * each peer has credit only for what the other side and the taps have taken.
 */
import type { Channel } from '../connection/channel.js';
import type { Timer } from '../transport/clock.js';
import { RelayDirectionFlow, type RelayContext } from './relay-direction.js';
import { encodeChannelRequest, type ChannelRequest } from '../connection/channel-request.js';
import type { RelayDirection, RelayFilter, RelayTap } from './tap.js';

/** Who watches and who decides. */
export interface RelayOptions {
  readonly taps?: readonly RelayTap[];
  readonly filters?: { readonly input?: RelayFilter; readonly output?: RelayFilter };
  /** How long what a client sent before it closed its channel may wait for a target that does not read, in milliseconds. */
  readonly lingerMs?: number;
  /** Whether a request goes further; false refuses it, and the taps do not see it. Without this method all do. */
  mayPass?(direction: RelayDirection, request: ChannelRequest): boolean;
  /**
   * The client's channel outlives the target's: the target's EOF and CLOSE are not passed on. Once all before them was, the channel is
   * given back by `ended`, held: set a handler, then `release` it.
   */
  readonly keepsClient?: boolean;
  /** The target's channel is closed, and all that came from it was shown to the taps. In this call, or in this turn, `finish` may still be called. */
  targetClosed?(reason: Error | undefined): void;
}

/** Words and a status of our own, for a relay that we end. */
export interface LastWords {
  readonly words?: Buffer;
  /** Where the words go: 0, or 1 for stderr. */
  readonly stream?: number;
  /** Told to the client as the program's exit-status, in place of the target's. */
  readonly exitStatus?: number;
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
  /** Closes the target's channel at once, and the client's behind what it has yet to be sent and these last words. What the target still sends goes no further. */
  finish(last?: LastWords): void;
  /** Settled when both channels are closed, or the client's is given back. Never rejects. */
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
  private isInputHeld = false;
  private isFinishing = false;
  private hasEnded = false;

  constructor(
    private readonly client: Channel,
    private readonly target: Channel,
    private readonly options: RelayOptions,
  ) {
    this.taps = options.taps ?? [];
    this.ended = new Promise((resolve) => {
      this.settleEnded = resolve;
    });
    const context = this.context();
    this.flows = {
      input: new RelayDirectionFlow('input', client, target, context, options.filters?.input),
      output: new RelayDirectionFlow('output', target, client, context, options.filters?.output),
    };
    client.setHandler({
      ...this.flows.input.handler(),
      writable: () => this.onWritable('output'),
      closing: () => this.onClientClosing(),
      closed: (reason) => this.onClosed('input', reason),
    });
    target.setHandler({
      ...this.flows.output.handler(),
      writable: () => this.onWritable('input'),
      closed: (reason) => this.onClosed('output', reason),
    });
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
    if (this.tapsHaveRoom()) this.releaseInput();
  }

  inject(direction: RelayDirection, bytes: Buffer, stream = 0): void {
    this.flows[direction].inject(bytes, stream);
  }

  close(): void {
    this.client.close();
    this.target.close();
  }

  finish({ words, stream = 0, exitStatus }: LastWords = {}): void {
    if (this.isFinishing) return;
    this.isFinishing = true;
    const { output } = this.flows;
    output.cut();
    this.closeSink('input');
    this.releaseInput();
    if (words !== undefined) output.inject(words, stream);
    if (exitStatus !== undefined) output.injectRequest(exitStatusRequest(exitStatus));
    if (this.options.keepsClient !== true) output.injectEof();
    output.end();
  }

  private context(): RelayContext {
    const { mayPass, keepsClient } = this.options;
    return {
      taps: this.taps,
      tapsHaveRoom: () => this.tapsHaveRoom(),
      mayPass: (direction, request) => mayPass?.(direction, request) ?? true,
      passesEof: (direction) => direction === 'input' || keepsClient !== true,
      ended: (direction) => this.closeSink(direction),
      fail: () => this.close(),
    };
  }

  /** While a tap has no room the client's input waits in its channel: nothing may happen that can't be recorded. */
  private tapsHaveRoom(): boolean {
    for (const tap of this.taps) {
      if (tap.hasRoom?.() !== false) continue;
      if (!this.isInputHeld && !this.isFinishing && !this.hasEnded) this.holdInput();
      return false;
    }
    return true;
  }

  private holdInput(): void {
    this.isInputHeld = true;
    this.client.hold();
  }

  private releaseInput(): void {
    if (!this.isInputHeld) return;
    this.isInputHeld = false;
    this.client.release();
  }

  private onWritable(direction: RelayDirection): void {
    this.flows[direction].pump();
  }

  /** The client reads no more but for how the program ended; what it sent before still goes to the target, whose close is the answer. */
  private onClientClosing(): void {
    this.flows.input.end();
    this.flows.output.pump();
    this.startLinger();
  }

  /** A target's last words still reach the client; a client that is gone wants nothing any more, so its target is not kept for long. */
  private onClosed(direction: RelayDirection, reason: Error | undefined): void {
    this.open.delete(direction);
    if (direction === 'output') this.onTargetClosed(reason);
    else this.onClientClosed(reason);
    if (this.open.size === 0) this.finishAll();
  }

  private onTargetClosed(reason: Error | undefined): void {
    this.options.targetClosed?.(reason);
    this.flows.input.abort();
    this.releaseInput();
    // When a whole connection is lost its owner hears of it in this turn, and may have words for the client.
    if (reason === undefined) this.flows.output.end();
    else queueMicrotask(() => this.flows.output.end());
  }

  private onClientClosed(reason: Error | undefined): void {
    if (reason !== undefined) this.closeSink('input');
    else this.flows.input.end();
    this.startLinger();
    this.flows.output.abort();
  }

  private startLinger(): void {
    if (!this.target.isOpen) return;
    this.linger ??= this.target.port.transport.clock.after(this.options.lingerMs ?? DEFAULT_LINGER_MS, () => this.closeSink('input'));
  }

  private closeSink(direction: RelayDirection): void {
    this.flows[direction].abort();
    if (direction === 'input') this.target.close();
    else if (this.options.keepsClient === true) this.giveClientBack();
    else this.client.close();
  }

  private giveClientBack(): void {
    if (this.hasEnded) return;
    this.flows.input.abort();
    this.client.shortcut = undefined;
    this.client.hold();
    this.client.setHandler({});
    this.finishAll();
  }

  private finishAll(): void {
    if (this.hasEnded) return;
    this.hasEnded = true;
    this.linger?.cancel();
    for (const tap of this.taps) tap.closed?.();
    this.settleEnded();
  }
}

const exitStatusRequest = (status: number): ChannelRequest => {
  const details = { kind: 'exit-status', status } as const;
  return { name: details.kind, wantsReply: false, body: encodeChannelRequest(details), details };
};
