import type { SessionParticipant } from '../session/index.js';
import type { ChannelRequest, SshChannel } from '../ssh/index.js';
import { END_OF_WRITE, OwnChannelSide, type ClientSide } from './client-side.js';
import { mayPass, readPtyRequest, readWindowChange, resized, type Terminal } from './terminal-request.js';

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

/** Requests without an answer that may come before there is anything to run; what it is for comes soon. */
const EARLY = new Set(['window-change', 'signal', 'break', END_OF_WRITE]);
const START = new Set(['shell', 'exec', 'subsystem']);
const MAX_VARIABLES = 64;

/**
 * A client's channel while nothing is behind it yet. What it is to run is accepted at once, and from then on all that comes is held
 * in the channel, in order and within its window: clients send their input right after the request, and all of it has to reach the asset.
 */
export class ChannelLobby implements SessionParticipant {
  terminal: Terminal | undefined;
  readonly environment: Buffer[] = [];
  isClosed = false;
  readonly done: Promise<void>;
  /** Where words go and how it ends. */
  readonly side: ClientSide;
  private readonly leaving = Promise.withResolvers<void>();
  private isStarted = false;
  private isHeld = false;
  private early: Buffer[] = [];
  private unconsumed = 0;

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
    if (menu) this.takeBack(menu.typed, menu.terminal);
    else this.settleIn();
  }

  /** Gives what came before the start, or was typed ahead, to whoever takes the channel. */
  takeEarly(): Buffer[] {
    this.channel.consume(this.unconsumed);
    this.unconsumed = 0;
    return this.early.splice(0);
  }

  /** The channel came back from a relay, held. */
  gotBack(): void {
    this.isHeld = true;
  }

  /** Lets what comes go on to whoever has taken the channel. */
  release(): void {
    if (this.isHeld) this.channel.release();
    this.isHeld = false;
  }

  /** Takes the channel back, with what was typed ahead and the terminal's size now. */
  takeBack(typed: Buffer, terminal: Terminal): void {
    this.terminal = terminal;
    if (typed.length > 0) this.early.push(typed);
    this.hold();
    this.settleIn();
  }

  /** Somebody else is attached to the channel now. */
  left(): void {
    this.leaving.resolve();
  }

  stop(words: string | undefined): void {
    if (this.isClosed) return;
    this.isClosed = true;
    if (words) this.say(words);
    this.side.fail();
    if (!this.side.outlivesAsset) this.release();
    this.left();
  }

  tell(words: string): void {
    if (this.terminal) this.say(words);
  }

  /** The size of the terminal as it is now. */
  resize(payload: Buffer): void {
    if (this.terminal) this.terminal = resized(this.terminal, readWindowChange(payload));
  }

  private say(words: string): void {
    const { data, stream } = this.side.words(words);
    this.channel.write(data, stream);
  }

  private hold(): void {
    if (!this.isHeld) this.channel.hold();
    this.isHeld = true;
  }

  private settleIn(): void {
    this.channel.attach({
      onData: (data) => this.onData(data),
      onRequest: (request) => this.onRequest(request),
      onEof: () => undefined, // told again to whoever takes the channel
      onClose: () => this.closed(),
      onDrain: () => undefined,
    });
  }

  private onData(data: Buffer): void {
    this.early.push(data);
    this.unconsumed += data.length;
  }

  private closed(): void {
    this.isClosed = true;
    this.channel.close();
    this.left();
  }

  private onRequest(request: ChannelRequest): void {
    if (START.has(request.type)) return this.start(request);
    if (request.type === 'pty-req') return request.reply(this.takeTerminal(request.payload));
    if (request.type === 'env') return request.reply(this.takeVariable(request.payload));
    if (request.type === 'window-change') this.resize(request.payload);
    if (!EARLY.has(request.type)) this.events.onRefused(request.type);
    return request.reply(false);
  }

  private start(request: ChannelRequest): void {
    const { type, payload } = request;
    if (this.isStarted) return request.reply(false);
    this.isStarted = this.events.onStart({ type: type as StartRequest['type'], payload });
    if (this.isStarted) this.hold();
    return request.reply(this.isStarted);
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
}
