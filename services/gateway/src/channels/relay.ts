import type { ChannelClose } from '@sallyport/recording-format';
import type { SessionParticipant } from '../session/index.js';
import type { ChannelStream, Coupling, CouplingWatch, PassingRequest, SshChannel } from '../ssh/index.js';
import type { ChannelTap } from '../taps/channel-tap.js';
import type { ChannelLobby, StartRequest } from './channel-lobby.js';
import { END_OF_WRITE, EXIT_FAILED, type ClientSide } from './client-side.js';
import { readExit } from './exit.js';
import { readWindowChange } from './terminal-request.js';

/** What a relay is made from. */
export interface RelayParts {
  client: ClientSide;
  asset: SshChannel;
  lobby: ChannelLobby;
  start: StartRequest;
  tap: ChannelTap;
  /** Something was typed, or, where there is no terminal, bytes went either way. */
  onActivity(): void;
  onRefused(type: string): void;
}

/** What a client that has closed sent before may take this long to reach the asset. */
const LINGER_MS = 30_000;
/** Requests of a client that mean something to a running program. */
const FROM_CLIENT: ReadonlySet<string> = new Set(['window-change', 'signal', 'break', END_OF_WRITE]);
/** What a server says of a program. Of the rest nothing reaches the client. */
const FROM_ASSET: ReadonlySet<string> = new Set(['exit-status', 'exit-signal', END_OF_WRITE]);

/**
 * Passes one channel through to one of the asset: bytes with credit from end to end, requests, half-close, exit; all in order.
 * The asset's side decides when it is over.
 */
export class ChannelRelay implements SessionParticipant {
  /** Resolves when all of it is recorded. */
  readonly done: Promise<void>;
  /** Resolves when the client's channel is closed too, or free again. */
  readonly left: Promise<void>;
  private readonly finishing = Promise.withResolvers<void>();
  private readonly coupling: Coupling;
  private exit: ChannelClose = {};
  private isOver = false;

  constructor(private readonly parts: RelayParts) {
    const { client, asset, lobby } = parts;
    this.done = this.finishing.promise;
    this.start();
    this.coupling = client.channel.couple(asset, this.watch());
    this.left = this.coupling.ended.then(() => {
      if (client.outlivesAsset) lobby.gotBack();
    });
    this.passEarly();
  }

  stop(words: string | undefined): void {
    if (this.isOver) return;
    this.coupling.finish(words ? { words: this.parts.client.words(words), exitStatus: EXIT_FAILED } : undefined);
    this.over();
  }

  tell(words: string): void {
    if (this.parts.lobby.terminal && !this.isOver) this.say(words);
  }

  /** Sends what the client asked for, without waiting for answers in between. */
  private start(): void {
    const { asset, lobby, start } = this.parts;
    for (const variable of lobby.environment) asset.notify('env', variable, 'at-once');
    if (lobby.terminal) void asset.request('pty-req', lobby.terminal.payload).then((given) => given || this.sayNoTerminal());
    void asset.request(start.type, start.payload).then((started) => started || this.fail());
  }

  /** Then what it sent before it asked, and lets go what it has sent since. */
  private passEarly(): void {
    const { lobby } = this.parts;
    for (const data of lobby.takeEarly()) {
      this.onInput(data);
      this.coupling.type(data);
    }
    lobby.left();
    lobby.release();
  }

  private watch(): CouplingWatch {
    const { tap, client } = this.parts;
    return {
      onInput: (data) => this.onInput(data),
      onOutput: (data, stream) => this.onOutput(data, stream),
      mayPass: (from, request) => (from === 'client' ? this.mayPassToAsset(request) : this.mayPassToClient(request)),
      hasRoom: () => tap.hasRoom(),
      whenRoom: () => tap.whenRoom(),
      onAssetClosed: (reason) => this.onAssetClosed(reason),
      keepsClient: client.outlivesAsset,
      lingerMs: LINGER_MS,
    };
  }

  private onInput(data: Buffer): void {
    this.parts.onActivity();
    if (!this.isOver) this.parts.tap.input(data);
  }

  private onOutput(data: Buffer, stream: ChannelStream): void {
    if (!this.parts.lobby.terminal) this.parts.onActivity();
    this.parts.tap.output(data, stream);
  }

  private mayPassToAsset({ type, payload }: PassingRequest): boolean {
    if (!FROM_CLIENT.has(type)) {
      this.parts.onRefused(type);
      return false;
    }
    if (type === 'window-change') {
      const { cols, rows } = readWindowChange(payload);
      this.parts.tap.resize(cols, rows);
      this.parts.lobby.resize(payload);
    }
    return true;
  }

  private mayPassToClient(request: PassingRequest): boolean {
    this.exit = readExit(request) ?? this.exit;
    return FROM_ASSET.has(request.type) && !this.parts.client.outlivesAsset;
  }

  /** When its whole connection is lost the session says so in this very turn: its words go first. */
  private onAssetClosed(reason: Error | undefined): void {
    if (reason) queueMicrotask(() => this.over());
    else this.over();
  }

  private say(words: string): void {
    const { data, stream } = this.parts.client.words(words);
    this.coupling.say(data, stream);
  }

  private sayNoTerminal(): void {
    if (!this.isOver) this.say('The asset gave no terminal.');
  }

  private fail(): void {
    const { type } = this.parts.start;
    if (!this.isOver)
      this.stop(type === 'subsystem' ? 'The asset does not offer this subsystem.' : `The asset refused the ${type} request.`);
  }

  private over(): void {
    if (this.isOver) return;
    this.isOver = true;
    void this.parts.tap.close(this.exit).then(this.finishing.resolve);
  }
}
