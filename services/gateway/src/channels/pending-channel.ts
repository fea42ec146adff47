import type { Session, SessionParticipant } from '../session/index.js';
import type { ChannelRequest, SshChannel } from '../ssh/index.js';
import { decideBeforeGrant, mayPassVariable, type OnRefused } from './channel-policy.js';
import { DirectClientSide, type ClientSide } from './client-side.js';
import type { AssetReservation } from './asset-reservation.js';
import { policyName, type StartRequest } from './start-request.js';
import { readPtyRequest, readVariable, readWindowChange, resized, type Terminal } from './terminal-request.js';

/** The owner of a pending channel. */
export interface PendingChannelHandlers {
  /** Handles a shell, exec or subsystem request. Returns true to accept it. */
  onStart(request: StartRequest): boolean;
  onRefused: OnRefused;
}

/** A channel that the menu hands over, with the input that was typed ahead. */
export interface MenuChannel {
  side: ClientSide;
  terminal: Terminal;
  environment: readonly Buffer[];
  typed: Buffer;
}

const MAX_VARIABLES = 64;

/**
 * A client's session channel before it is relayed to an asset. The gateway accepts the start request at once. From then on the channel
 * holds what the client sends, in order and within its window: clients send their input right behind the request, and all of it has to
 * reach the asset.
 */
export class PendingChannel implements SessionParticipant {
  terminal: Terminal | undefined;
  readonly environment: Buffer[] = [];
  isClosed = false;
  readonly done: Promise<void>;
  readonly side: ClientSide;
  private readonly handedOver = Promise.withResolvers<void>();
  private isStarted = false;
  private isHandedOver = false;
  private isHeld = false;
  private early: Buffer[] = [];
  private unconsumed = 0;

  constructor(
    readonly channel: SshChannel,
    private readonly handlers: PendingChannelHandlers,
    private readonly reservation?: AssetReservation,
    menu?: MenuChannel,
  ) {
    this.done = this.handedOver.promise;
    this.side = menu?.side ?? new DirectClientSide(channel, () => this.terminal);
    this.terminal = menu?.terminal;
    this.environment.push(...(menu?.environment ?? []));
    if (menu) this.takeBack(menu.typed, menu.terminal);
    else this.attach();
  }

  /** Returns true if it has closed, or a relay has taken over. */
  get isOver(): boolean {
    return this.isClosed || this.isHandedOver;
  }

  /** Returns the asset's channel for this one. Rejects if the asset refuses it. */
  async assetChannel(session: Session): Promise<SshChannel> {
    return (await this.reservation?.takeFor(session)) ?? (await (await session.connected()).openChannel({ kind: 'session' }));
  }

  /** Shows the banner of the asset, ahead of all its output. */
  showBanner(text: string): void {
    if (text === '') return;
    const { data, stream } = this.side.banner(text);
    this.channel.write(data, stream);
  }

  /** Returns the input that came before the start or was typed ahead, and removes it. */
  takeEarly(): Buffer[] {
    this.channel.consume(this.unconsumed);
    this.unconsumed = 0;
    return this.early.splice(0);
  }

  /** Records that a relay has returned the channel, held. */
  markReturned(): void {
    this.isHeld = true;
  }

  /** Releases the channel, so that its new owner receives what the client sends. */
  release(): void {
    if (this.isHeld) this.channel.release();
    this.isHeld = false;
  }

  /** Takes the channel back from a terminal, with the input that was typed ahead and the terminal's present size. */
  takeBack(typed: Buffer, terminal: Terminal): void {
    this.terminal = terminal;
    if (typed.length > 0) this.early.push(typed);
    this.hold();
    this.attach();
  }

  /** Resolves `done`: another owner is attached to the channel now. */
  markHandedOver(): void {
    this.isHandedOver = true;
    this.reservation?.drop();
    this.handedOver.resolve();
  }

  stop(message: string | undefined): void {
    if (this.isClosed) return;
    this.isClosed = true;
    if (message) this.write(message);
    this.side.fail();
    if (!this.side.outlivesAsset) this.release();
    this.markHandedOver();
  }

  notify(message: string): void {
    if (this.terminal) this.write(message);
  }

  /** Shows a message ahead of all output, also without a terminal: then on stderr. */
  show(message: string): void {
    this.write(message);
  }

  /** Applies a window-change request to the terminal. */
  resize(payload: Buffer): void {
    if (this.terminal) this.terminal = resized(this.terminal, readWindowChange(payload));
  }

  private write(message: string): void {
    const { data, stream } = this.side.format(message);
    this.channel.write(data, stream);
  }

  private hold(): void {
    if (!this.isHeld) this.channel.hold();
    this.isHeld = true;
  }

  private attach(): void {
    this.channel.attach({
      onData: (data) => this.onData(data),
      onRequest: (request) => this.onRequest(request),
      onEof: () => undefined, // the channel repeats it to the next owner
      onClose: () => this.onClose(),
      onDrain: () => undefined,
    });
  }

  private onData(data: Buffer): void {
    this.early.push(data);
    this.unconsumed += data.length;
  }

  private onClose(): void {
    this.isClosed = true;
    this.channel.close();
    this.markHandedOver();
  }

  private onRequest(request: ChannelRequest): void {
    const { type, payload } = request;
    const name = policyName(request);
    const decision = decideBeforeGrant({ from: 'client', layer: 'channel-request', ...name, isStarted: this.isStarted });
    if (decision.kind === 'refuse') {
      this.handlers.onRefused([name.name, name.subsystem ?? []].flat().join(' '), decision.reason);
      return request.reply(false);
    }
    switch (type) {
      case 'shell':
      case 'exec':
      case 'subsystem':
        return this.start({ type, payload }, request);
      case 'pty-req':
        return request.reply(this.takeTerminal(payload));
      case 'env':
        return request.reply(this.takeVariable(payload));
      case 'window-change':
        this.resize(payload);
    }
    return request.reply(false); // a signal or a break comes before the program
  }

  private start(start: StartRequest, request: ChannelRequest): void {
    this.isStarted = this.handlers.onStart(start);
    if (this.isStarted) this.hold();
    return request.reply(this.isStarted);
  }

  private takeTerminal(payload: Buffer): boolean {
    if (this.terminal) return false;
    this.terminal = readPtyRequest(payload);
    return true;
  }

  private takeVariable(payload: Buffer): boolean {
    const name = readVariable(payload)?.name;
    if (this.environment.length >= MAX_VARIABLES || name === undefined || !mayPassVariable(name)) return false;
    this.environment.push(payload);
    return true;
  }
}
