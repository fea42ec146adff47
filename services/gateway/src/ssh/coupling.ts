import type { ChannelRequest as EngineRequest, Relay, RelayOptions } from '@sallyport/ssh';
import { streamCode, type ChannelStream } from './channel-stream.js';
import type { ShownBytes } from './shown-text.js';

/** A channel request that passes from one peer to the other, unchanged. */
export interface PassingRequest {
  readonly type: string;
  readonly payload: Buffer;
}

/** Observes the bytes between a client's channel and an asset's, and decides which requests pass. Bytes are views, valid during the call. */
export interface CouplingObserver {
  onInput(data: Buffer): void;
  onOutput(data: Buffer, stream: ChannelStream): void;
  /** Returns true if a request passes. Otherwise it is refused. */
  mayPass(from: 'client' | 'asset', request: PassingRequest): boolean;
  /** Returns false while nothing more can be recorded: neither peer gets credit then, and input waits. */
  hasRoom(): boolean;
  whenRoom(): Promise<void>;
  /**
   * Handles the close of the asset's channel, once all its output was observed. `reason` is set if the asset's connection is lost. In this
   * turn the coupling may still be finished with a message.
   */
  onAssetClosed(reason: Error | undefined): void;
  /** True: the client's channel stays open when the asset's has closed, and is returned, held. */
  readonly keepsClient: boolean;
  /** The time, in milliseconds, that the input of a client that has closed its channel may take to reach the asset. */
  readonly lingerMs: number;
}

/** The last message of the gateway on a channel, with the exit status that follows it. */
export interface LastMessage {
  message: { data: ShownBytes; stream: ChannelStream };
  exitStatus: number;
}

/** Two coupled channels. */
export class Coupling {
  constructor(
    private readonly relay: Relay,
    /** Resolves when both channels are closed, or the client's was returned. */
    readonly ended: Promise<void>,
  ) {}

  /** Sends the asset input that the client sent before the coupling. */
  sendInput(data: Buffer): void {
    this.relay.inject('input', data);
  }

  /** Sends the client a message of the gateway, in order with the asset's output. */
  sendMessage(data: ShownBytes, stream: ChannelStream): void {
    this.relay.inject('output', data, streamCode(stream));
  }

  /** Ends the coupling. The last message and the exit status follow all that came from the asset. */
  finish(last?: LastMessage): void {
    this.relay.finish(last && { text: last.message.data, stream: streamCode(last.message.stream), exitStatus: last.exitStatus });
  }
}

/** Returns the engine's options for an observer. */
export function relayOptions(observer: CouplingObserver, resume: () => void): RelayOptions {
  let isWaiting = false;
  const wait = (): void => {
    if (isWaiting) return;
    isWaiting = true;
    void observer.whenRoom().then(() => {
      isWaiting = false;
      resume();
    });
  };
  const hasRoom = (): boolean => {
    const has = observer.hasRoom();
    if (!has) wait();
    return has;
  };
  return {
    taps: [
      {
        hasRoom,
        data: (direction, bytes, stream) =>
          direction === 'input' ? observer.onInput(bytes) : observer.onOutput(bytes, stream === 0 ? 'stdout' : 'stderr'),
      },
    ],
    mayPass: (direction, request) => observer.mayPass(direction === 'input' ? 'client' : 'asset', passing(request)),
    targetClosed: (reason) => observer.onAssetClosed(reason),
    keepsClient: observer.keepsClient,
    lingerMs: observer.lingerMs,
  };
}

const passing = ({ name, body }: EngineRequest): PassingRequest => ({ type: name, payload: body });
