import type { SessionParticipant } from '../session/index.js';
import type { ChannelStream, Coupling, CouplingObserver, LastMessage, ShownBytes, SshChannel } from '../ssh/index.js';

/** The two channels of a relay. */
export interface RelayChannels {
  client: SshChannel;
  asset: SshChannel;
  /** True: the client's channel stays open, held, when the asset's has closed. */
  keepsClient: boolean;
}

/** Observes a relay and decides which requests pass. Bytes are views, valid during the call. */
export interface RelayObserver extends Pick<CouplingObserver, 'onInput' | 'onOutput' | 'mayPass' | 'hasRoom' | 'whenRoom'> {
  /** Finishes the recording once the relay is over. Resolves when all of it is recorded. */
  onOver(): Promise<void>;
}

/** The time that the input of a client that has closed its channel may take to reach the asset. */
const LINGER_MS = 30_000;

/**
 * Relays a channel of a client and a channel of an asset, of any kind: bytes with credit from end to end, requests, half-close and
 * close, all in order. The relay is over when the asset's channel is closed.
 */
export class ChannelRelay implements SessionParticipant {
  /** Resolves when all of it is recorded. */
  readonly done: Promise<void>;
  /** Resolves when the client's channel is closed too, or returned. */
  readonly left: Promise<void>;
  private readonly recorded = Promise.withResolvers<void>();
  private readonly coupling: Coupling;
  private hasEnded = false;

  constructor(
    { client, asset, keepsClient }: RelayChannels,
    private readonly observer: RelayObserver,
  ) {
    this.done = this.recorded.promise;
    this.coupling = client.couple(asset, {
      onInput: (data) => this.onInput(data),
      onOutput: (data, stream) => observer.onOutput(data, stream),
      mayPass: (from, request) => observer.mayPass(from, request),
      hasRoom: () => observer.hasRoom(),
      whenRoom: () => observer.whenRoom(),
      onAssetClosed: (reason) => this.onAssetClosed(reason),
      keepsClient,
      lingerMs: LINGER_MS,
    });
    this.left = this.coupling.ended;
  }

  get isOver(): boolean {
    return this.hasEnded;
  }

  /** Closes both channels. The message is dropped: this channel shows nothing to a user. */
  stop(_message: string | undefined): void {
    this.finish();
  }

  /** Does nothing: this channel shows nothing to a user. */
  notify(_message: string): void {}

  /** Sends the asset input that the client sent before the relay began. */
  sendInput(data: Buffer): void {
    this.onInput(data);
    this.coupling.sendInput(data);
  }

  /** Sends the client a message of the gateway, in order with the asset's output. */
  sendMessage(data: ShownBytes, stream: ChannelStream): void {
    this.coupling.sendMessage(data, stream);
  }

  /** Closes the asset's channel and, behind the asset's output and this last message, the client's. */
  finish(last?: LastMessage): void {
    if (this.hasEnded) return;
    this.coupling.finish(last);
    this.end();
  }

  private onInput(data: Buffer): void {
    if (!this.hasEnded) this.observer.onInput(data);
  }

  /** Ends the relay. If the asset's whole connection is lost, the session stops its participants in this turn, and its message goes first. */
  private onAssetClosed(reason: Error | undefined): void {
    if (reason) queueMicrotask(() => this.end());
    else this.end();
  }

  private end(): void {
    if (this.hasEnded) return;
    this.hasEnded = true;
    void this.observer.onOver().then(this.recorded.resolve);
  }
}
