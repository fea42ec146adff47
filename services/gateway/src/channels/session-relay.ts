import type { ChannelClose } from '@sallyport/recording-format';
import type { SessionParticipant } from '../session/index.js';
import type { ChannelStream, PassingRequest, SshChannel } from '../ssh/index.js';
import type { ChannelTap } from '../taps/channel-tap.js';
import type { OnRefused, Peer, PolicyDecision, PolicyRequest } from './channel-policy.js';
import { EXIT_FAILED, type ClientSide } from './client-side.js';
import { readExit } from './exit.js';
import type { PendingChannel } from './pending-channel.js';
import { ChannelRelay } from './relay.js';
import type { StartRequest } from './start-request.js';
import { pixelsOf, readWindowChange } from './terminal-request.js';

/** The collaborators of a session relay. */
export interface SessionRelayDeps {
  client: ClientSide;
  asset: SshChannel;
  pending: PendingChannel;
  start: StartRequest;
  /** Decides about a request by the rules of the session. */
  decide(request: PolicyRequest): PolicyDecision;
  tap: ChannelTap;
  /** Records activity: input or, on a channel without a terminal, bytes in either direction. */
  onActivity(): void;
  onRefused: OnRefused;
}

/** Relays a session channel: starts its program on the asset, records it, follows the terminal's size and keeps the exit status. */
export class SessionRelay implements SessionParticipant {
  readonly done: Promise<void>;
  /** Resolves when the client's channel is closed too, or returned to the menu. */
  readonly left: Promise<void>;
  private readonly relay: ChannelRelay;
  private exit: ChannelClose = {};

  constructor(private readonly deps: SessionRelayDeps) {
    const { client, asset, pending, tap } = deps;
    this.start();
    this.relay = new ChannelRelay(
      { client: client.channel, asset, keepsClient: client.outlivesAsset },
      {
        onInput: (data) => this.onInput(data),
        onOutput: (data, stream) => this.onOutput(data, stream),
        mayPass: (from, request) => this.mayPass(from, request),
        hasRoom: () => tap.hasRoom(),
        whenRoom: () => tap.whenRoom(),
        onOver: () => tap.close(this.exit),
      },
    );
    this.done = this.relay.done;
    this.left = this.relay.left.then(() => {
      if (client.outlivesAsset) pending.markReturned();
    });
    this.sendEarlyInput();
  }

  get isOver(): boolean {
    return this.relay.isOver;
  }

  stop(message: string | undefined): void {
    this.relay.finish(message ? { message: this.deps.client.format(message), exitStatus: EXIT_FAILED } : undefined);
  }

  notify(message: string): void {
    if (this.deps.pending.terminal) this.send(message);
  }

  /** Sends the client's requests to the asset, without waiting for a reply in between. */
  private start(): void {
    const { asset, pending, start } = this.deps;
    for (const variable of pending.environment) asset.notify('env', variable, 'at-once');
    if (pending.terminal)
      void asset
        .request('pty-req', pending.terminal.payload)
        .then((isAccepted) => isAccepted || this.send('The asset refused the terminal request.'));
    void asset.request(start.type, start.payload).then((isAccepted) => isAccepted || this.stop(startRefused(start)));
  }

  /** Sends the asset the input from before the start, then releases the input that came since. */
  private sendEarlyInput(): void {
    const { pending } = this.deps;
    for (const data of pending.takeEarly()) this.relay.sendInput(data);
    pending.markHandedOver();
    pending.release();
  }

  private onInput(data: Buffer): void {
    this.deps.onActivity();
    this.deps.tap.input(data);
  }

  private onOutput(data: Buffer, stream: ChannelStream): void {
    if (!this.deps.pending.terminal) this.deps.onActivity();
    this.deps.tap.output(data, stream);
  }

  private mayPass(from: Peer, request: PassingRequest): boolean {
    const { client, onRefused } = this.deps;
    const decision = this.deps.decide({ from, layer: 'channel-request', name: request.type, isStarted: true });
    if (decision.kind === 'refuse') {
      if (from === 'client') onRefused(request.type, decision.reason);
      return false;
    }
    if (request.type === 'window-change') this.resize(request.payload);
    if (from === 'asset') this.exit = readExit(request) ?? this.exit;
    return from === 'client' || !client.outlivesAsset;
  }

  private resize(payload: Buffer): void {
    const size = readWindowChange(payload);
    this.deps.tap.resize(size.cols, size.rows, pixelsOf(size));
    this.deps.pending.resize(payload);
  }

  private send(message: string): void {
    if (this.relay.isOver) return;
    const { data, stream } = this.deps.client.format(message);
    this.relay.sendMessage(data, stream);
  }
}

const startRefused = ({ type }: StartRequest): string =>
  type === 'subsystem' ? 'The asset does not offer this subsystem.' : `The asset refused the ${type} request.`;
