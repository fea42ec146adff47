import type { ChannelClose } from '@sallyport/recording-format';
import type { Clock } from '@sallyport/context';
import type { SessionParticipant } from '../session/index.js';
import { SshReader, type ChannelHandlers, type ChannelRequest, type ChannelStream, type SshChannel } from '../ssh/index.js';
import type { ChannelTap } from '../taps/channel-tap.js';
import type { ChannelLobby, StartRequest } from './channel-lobby.js';
import { END_OF_WRITE, type ClientSide } from './client-side.js';
import { OneWay } from './one-way.js';
import { readWindowChange } from './terminal-request.js';

/** What a relay is made from. */
export interface RelayParts {
  client: ClientSide;
  asset: SshChannel;
  lobby: ChannelLobby;
  start: StartRequest;
  tap: ChannelTap;
  clock: Clock;
  /** Something was typed, or, where there is no terminal, bytes went either way. */
  onActivity(): void;
  onRefused(type: string): void;
}

/** What a client that has closed sent before may take this long to reach the asset. */
const ABORT_MS = 30_000;

/**
 * Passes one channel through to one of the asset: bytes with credit from end to end, requests, half-close, exit; all in order.
 * The asset's side decides when it is over.
 */
export class ChannelRelay implements SessionParticipant {
  readonly done: Promise<void>;
  private readonly finishing = Promise.withResolvers<void>();
  private readonly toAsset: OneWay;
  private readonly toClient: OneWay;
  private exit: ChannelClose = {};
  private isOver = false;

  constructor(private readonly parts: RelayParts) {
    const { client, asset, tap } = parts;
    this.done = this.finishing.promise;
    this.toAsset = new OneWay(client.channel, asset);
    this.toClient = new OneWay(asset, client.channel, tap);
    asset.attach(this.assetHandlers());
    this.begin();
    client.channel.attach(this.clientHandlers()); // tells an end of input that came before, behind what came before it
  }

  stop(words: string | undefined): void {
    if (this.isOver) return;
    if (words) this.parts.client.say(words);
    this.parts.asset.abort();
    this.finish(words ? 'failed' : 'finished');
  }

  tell(words: string): void {
    if (this.parts.lobby.terminal && !this.isOver) this.parts.client.say(words);
  }

  /** Sends what the client asked for, then what it has sent meanwhile, without waiting for answers in between. */
  private begin(): void {
    const { asset, lobby, start } = this.parts;
    lobby.left();
    for (const variable of lobby.environment) asset.notify('env', variable, 'at-once');
    if (lobby.terminal) void asset.request('pty-req', lobby.terminal.payload).then((given) => given || this.sayNoTerminal());
    void asset.request(start.type, start.payload).then((started) => started || this.fail());
    for (const request of lobby.later.splice(0)) this.fromClientRequest(request);
    for (const data of lobby.early.splice(0)) this.fromClient(data);
  }

  private clientHandlers(): ChannelHandlers {
    return {
      onData: (data) => this.fromClient(data),
      onRequest: (request) => this.fromClientRequest(request),
      onEof: () => this.parts.asset.eof(),
      onClose: () => this.clientClosed(),
      onDrain: () => this.toClient.settle(),
    };
  }

  private assetHandlers(): ChannelHandlers {
    return {
      onData: (data, stream) => this.fromAsset(data, stream),
      onRequest: (request) => this.fromAssetRequest(request),
      onEof: () => this.parts.client.passEof(),
      onClose: () => {
        this.parts.asset.close();
        // When the whole connection is lost the session says so in this very turn: its words go first.
        queueMicrotask(() => this.finish('finished'));
      },
      onDrain: () => this.toAsset.settle(),
    };
  }

  private fromClient(data: Buffer): void {
    this.parts.onActivity();
    this.parts.tap.input(data);
    this.toAsset.pass(data, 'stdout');
  }

  private fromAsset(data: Buffer, stream: ChannelStream): void {
    if (!this.parts.lobby.terminal) this.parts.onActivity();
    this.parts.tap.output(data, stream);
    this.toClient.pass(data, stream);
  }

  private fromClientRequest(request: ChannelRequest): void {
    const { asset, tap } = this.parts;
    switch (request.type) {
      case 'window-change': {
        const { cols, rows } = readWindowChange(request.payload);
        tap.resize(cols, rows);
        return asset.notify(request.type, request.payload, 'at-once');
      }
      case 'signal':
      case END_OF_WRITE:
        return asset.notify(request.type, request.payload, 'at-once');
      case 'break':
        return void asset.request(request.type, request.payload).then((accepted) => request.reply(accepted));
      default:
        this.parts.onRefused(request.type);
        return request.reply(false);
    }
  }

  private fromAssetRequest(request: ChannelRequest): void {
    const { client } = this.parts;
    request.reply(false);
    if (request.type === END_OF_WRITE) return client.passEndOfWrite();
    const exit = readExit(request);
    if (!exit) return;
    this.exit = exit;
    client.passExit(request.type, request.payload);
  }

  /** The client's close goes to the asset, whose exit and close come back: a client that has closed still takes the exit. */
  private clientClosed(): void {
    if (this.isOver) return;
    const { asset, clock } = this.parts;
    asset.close(); // behind what the client sent before
    const timer = clock.timeout(ABORT_MS, () => asset.abort());
    void this.done.then(() => timer.cancel());
  }

  private sayNoTerminal(): void {
    if (!this.isOver) this.parts.client.say('The asset gave no terminal.');
  }

  private fail(): void {
    const { type } = this.parts.start;
    if (!this.isOver) this.stop(type === 'subsystem' ? 'The asset does not offer this subsystem.' : `The asset refused the ${type} request.`);
  }

  private finish(outcome: 'finished' | 'failed'): void {
    if (this.isOver) return;
    this.isOver = true;
    this.toAsset.giveBack();
    this.parts.client.finish(outcome);
    void this.parts.tap.close(this.exit).then(this.finishing.resolve);
  }
}

/** How a program ended (RFC 4254 §6.10); undefined when the request says something else. */
function readExit({ type, payload }: ChannelRequest): ChannelClose | undefined {
  if (type === 'exit-status') return { exit_status: new SshReader(payload).readUint32() };
  if (type === 'exit-signal') return { signal: new SshReader(payload).readText().slice(0, 64) };
  return undefined;
}
