import type { ChannelRequest as EngineRequest, Relay, RelayOptions } from '@sallyport/ssh';
import { streamCode, type ChannelStream } from './channel-stream.js';

/** What passes, as it came. */
export interface PassingRequest {
  readonly type: string;
  readonly payload: Buffer;
}

/** Watches and judges what passes between a client's channel and an asset's. Bytes are views, valid during the call. */
export interface CouplingWatch {
  onInput(data: Buffer): void;
  onOutput(data: Buffer, stream: ChannelStream): void;
  /** Whether a request goes on; one that does not is refused. */
  mayPass(from: 'client' | 'asset', request: PassingRequest): boolean;
  /** False while nothing more can be recorded: nobody gets credit then, and input waits. */
  hasRoom(): boolean;
  whenRoom(): Promise<void>;
  /** The asset's channel is closed and all of it was shown; `reason` when its connection is gone. In this turn the coupling may still be ended with words. */
  onAssetClosed(reason: Error | undefined): void;
  /** The client's channel outlives the asset's and is given back, held. */
  readonly keepsClient: boolean;
  /** What a client that has closed sent before may take this long to reach the asset, in milliseconds. */
  readonly lingerMs: number;
}

/** Two channels that are coupled. */
export class Coupling {
  constructor(
    private readonly relay: Relay,
    /** Resolves when both channels are closed, or the client's was given back. */
    readonly ended: Promise<void>,
  ) {}

  /** Sends the asset what the client typed before. */
  type(data: Buffer): void {
    this.relay.inject('input', data);
  }

  /** Puts words of ours among the asset's. */
  say(data: Buffer, stream: ChannelStream): void {
    this.relay.inject('output', data, streamCode(stream));
  }

  /** Ends it from our side: words and an exit-status go behind all that came from the asset. */
  finish(last?: { words: { data: Buffer; stream: ChannelStream }; exitStatus: number }): void {
    this.relay.finish(last && { text: last.words.data, stream: streamCode(last.words.stream), exitStatus: last.exitStatus });
  }
}

/** The engine's options for a watch. */
export function relayOptions(watch: CouplingWatch, resume: () => void): RelayOptions {
  let isWaiting = false;
  const wait = (): void => {
    if (isWaiting) return;
    isWaiting = true;
    void watch.whenRoom().then(() => {
      isWaiting = false;
      resume();
    });
  };
  const hasRoom = (): boolean => {
    const has = watch.hasRoom();
    if (!has) wait();
    return has;
  };
  return {
    taps: [
      {
        hasRoom,
        data: (direction, bytes, stream) =>
          direction === 'input' ? watch.onInput(bytes) : watch.onOutput(bytes, stream === 0 ? 'stdout' : 'stderr'),
      },
    ],
    mayPass: (direction, request) => watch.mayPass(direction === 'input' ? 'client' : 'asset', passing(request)),
    targetClosed: (reason) => watch.onAssetClosed(reason),
    keepsClient: watch.keepsClient,
    lingerMs: watch.lingerMs,
  };
}

const passing = ({ name, body }: EngineRequest): PassingRequest => ({ type: name, payload: body });
