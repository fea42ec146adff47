import type { SessionParticipant } from '../session/index.js';
import type { ChannelRequest, SshChannel } from '../ssh/index.js';
import { END_OF_WRITE, OwnChannelSide, type ClientSide } from './client-side.js';
import { mayPass, readPtyRequest, readWindowChange, type Terminal } from './terminal-request.js';

/** What a client asks to run. */
export interface StartRequest {
  readonly type: 'shell' | 'exec' | 'subsystem';
  readonly payload: Buffer;
}

/** What a lobby tells whoever opened it. */
export interface LobbyEvents {
  /** The first request to start something; true accepts it. */
  onStart(request: StartRequest): boolean;
  onRefused(type: string): void;
}

/** Requests that make sense while a program runs; they wait until it does. */
const LATER = new Set(['window-change', 'signal', 'break', END_OF_WRITE]);
const START = new Set(['shell', 'exec', 'subsystem']);
const MAX_VARIABLES = 64;
const MAX_LATER = 64;

/**
 * A client's channel while nothing is behind it yet. It is accepted at once and keeps, without giving credit, what comes: clients
 * send their input right after the request, and all of it has to reach the asset, in order, once that is dialled.
 */
export class ChannelLobby implements SessionParticipant {
  terminal: Terminal | undefined;
  readonly environment: Buffer[] = [];
  readonly early: Buffer[] = [];
  readonly later: ChannelRequest[] = [];
  isClosed = false;
  readonly done: Promise<void>;
  /** Where words go and how it ends. */
  readonly side: ClientSide;
  private readonly leaving = Promise.withResolvers<void>();
  private isStarted = false;

  constructor(
    readonly channel: SshChannel,
    private readonly events: LobbyEvents,
    /** A menu's, when the channel goes back to it. */
    menu?: { side: ClientSide; terminal: Terminal; environment: readonly Buffer[]; typed: Buffer },
  ) {
    this.done = this.leaving.promise;
    this.side = menu?.side ?? new OwnChannelSide(channel, () => this.terminal);
    this.terminal = menu?.terminal;
    this.environment.push(...(menu?.environment ?? []));
    if (menu && menu.typed.length > 0) this.early.push(menu.typed);
    this.settleIn();
  }

  /** Gives what came early to somebody who talks with the person meanwhile. */
  takeEarly(): Buffer[] {
    return this.early.splice(0);
  }

  /** Takes the channel back, with what was typed ahead and the terminal's size now. */
  takeBack(typed: Buffer, terminal: Terminal): void {
    this.terminal = terminal;
    if (typed.length > 0) this.early.push(typed);
    this.settleIn();
  }

  private settleIn(): void {
    this.channel.attach({
      onData: (data) => this.early.push(data),
      onRequest: (request) => this.onRequest(request),
      onEof: () => undefined, // told again to whoever takes the channel
      onClose: () => this.closed(),
      onDrain: () => undefined,
    });
  }

  /** Somebody else is attached to the channel now. */
  left(): void {
    this.leaving.resolve();
  }

  stop(words: string | undefined): void {
    if (this.isClosed) return;
    this.isClosed = true;
    if (words) this.side.say(words);
    this.side.finish('failed');
    this.left();
  }

  tell(words: string): void {
    if (this.terminal) this.side.say(words);
  }

  private closed(): void {
    this.isClosed = true;
    this.channel.close();
    this.left();
  }

  private onRequest(request: ChannelRequest): void {
    if (START.has(request.type)) return request.reply(this.start(request));
    if (request.type === 'pty-req') return request.reply(this.takeTerminal(request.payload));
    if (request.type === 'env') return request.reply(this.takeVariable(request.payload));
    if (!LATER.has(request.type)) return this.refuse(request);
    if (request.type === 'window-change') this.resize(request.payload);
    if (this.later.length < MAX_LATER) this.later.push(request);
    else request.reply(false);
  }

  private start({ type, payload }: ChannelRequest): boolean {
    if (this.isStarted) return false;
    this.isStarted = this.events.onStart({ type: type as StartRequest['type'], payload });
    return this.isStarted;
  }

  private takeTerminal(payload: Buffer): boolean {
    if (this.terminal || this.isStarted) return false;
    this.terminal = readPtyRequest(payload);
    return true;
  }

  private takeVariable(payload: Buffer): boolean {
    if (this.isStarted || this.environment.length >= MAX_VARIABLES || !mayPass(payload)) return false;
    this.environment.push(payload);
    return true;
  }

  private resize(payload: Buffer): void {
    if (this.terminal) this.terminal = { ...this.terminal, ...readWindowChange(payload) };
  }

  private refuse(request: ChannelRequest): void {
    this.events.onRefused(request.type);
    request.reply(false);
  }
}
