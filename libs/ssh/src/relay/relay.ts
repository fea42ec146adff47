/**
 * Couples two channels of two connections packet by packet. Data, stderr, requests, EOF and CLOSE pass in order, half-close included.
 * Each peer gets credit only for the bytes that the other side and the taps have taken.
 */
import type { Channel } from '../connection/channel.js';
import type { Timer } from '../transport/clock.js';
import { RelayDirectionFlow, type RelayContext } from './relay-direction.js';
import { encodeChannelRequest, type ChannelRequest } from '../connection/channel-request.js';
import type { RelayDirection, RelayFilter, RelayTap } from './tap.js';

/** The taps, filters and decisions of a relay. */
export interface RelayOptions {
  readonly taps?: readonly RelayTap[];
  readonly filters?: { readonly input?: RelayFilter; readonly output?: RelayFilter };
  /** Milliseconds for which input of a client that closed its channel may wait for a target that does not read; 10,000 by default. */
  readonly lingerMs?: number;
  /** Returns false to refuse a request, which the taps then do not see. Without this method all requests pass. */
  mayPass?(direction: RelayDirection, request: ChannelRequest): boolean;
  /**
   * True: the client's channel stays open when the target's closes. EOF and CLOSE of the target are not passed on.
   * After all earlier events were, `ended` resolves and the client's channel is held: set a handler, then `release` it.
   */
  readonly keepsClient?: boolean;
  /**
   * Handles the end of the target's channel, after the taps saw all its events. `finish` may still be called in this turn of the event
   * loop.
   */
  targetClosed?(reason: Error | undefined): void;
}

/** A text and a status that the gateway sends when it ends a relay. */
export interface FinishOptions {
  readonly text?: Buffer;
  /** The stream of the text: 0, or 1 for stderr. */
  readonly stream?: number;
  /** Sent to the client as exit-status, in place of the target's. */
  readonly exitStatus?: number;
}

/** A running relay. */
export interface Relay {
  /** Returns the number of data bytes that were passed on. */
  bytes(direction: RelayDirection): number;
  /** Returns the number of data bytes that took the fast path: their packets were encrypted again in place. */
  inPlaceBytes(direction: RelayDirection): number;
  /** Returns the number of bytes that wait for the receiving peer; bounded by the window of the sending peer. */
  waitingBytes(direction: RelayDirection): number;
  /** Resolves when nothing waits in this direction, or the relay has ended. Never rejects. */
  drained(direction: RelayDirection): Promise<void>;
  /** Resumes the relay, because a tap has room again. */
  resume(): void;
  /** Inserts bytes of the gateway into a direction; `output` goes to the client. Keep them few: no limit applies to them. */
  inject(direction: RelayDirection, bytes: Buffer, stream?: number): void;
  /** Closes both channels. */
  close(): void;
  /**
   * Closes the target's channel at once. Sends the remaining output, this text and this status to the client, then closes its channel.
   * Drops everything that the target still sends.
   */
  finish(last?: FinishOptions): void;
  /** Resolves when both channels are closed, or the client's is held for a new handler (`keepsClient`). Never rejects. */
  readonly ended: Promise<void>;
}

const DEFAULT_LINGER_MS = 10_000;

/** Replaces the handlers of both channels, and widens their windows. Neither channel may have received data that is not consumed. */
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
    client.widenWindow();
    target.widenWindow();
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
    this.flows.input.grantCredit();
    this.flows.output.grantCredit();
    if (this.tapsHaveRoom()) this.releaseInput();
  }

  inject(direction: RelayDirection, bytes: Buffer, stream = 0): void {
    this.flows[direction].inject(bytes, stream);
  }

  close(): void {
    this.client.close();
    this.target.close();
  }

  finish({ text, stream = 0, exitStatus }: FinishOptions = {}): void {
    if (this.isFinishing) return;
    this.isFinishing = true;
    const { output } = this.flows;
    output.cut();
    this.closeSink('input');
    this.releaseInput();
    if (text !== undefined) output.inject(text, stream);
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

  /** Returns true if all taps have room. Otherwise holds the client's input in its channel: nothing may happen that cannot be recorded. */
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

  /**
   * Handles CLOSE of the client. It now reads the exit-status only; its earlier input still goes to the target, whose CLOSE is the answer.
   */
  private onClientClosing(): void {
    this.flows.input.end();
    this.flows.output.pump();
    this.startLinger();
  }

  /**
   * Handles the end of one channel. The rest of a target's output still goes to the client. If the client is gone, its target is closed
   * soon.
   */
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
    // If the whole connection is lost, its owner is notified in this turn and may still send a text to the client.
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
    else if (this.options.keepsClient === true) this.releaseClient();
    else this.client.close();
  }

  private releaseClient(): void {
    if (this.hasEnded) return;
    this.flows.input.abort();
    this.client.fastPath = undefined;
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
