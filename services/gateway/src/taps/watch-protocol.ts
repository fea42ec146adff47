import { ofSession } from '@sallyport/telemetry';
import type { ChannelRecorder } from './channel-recorder.js';
import type { TapTarget, TapDeps } from './channel-tap.js';
import { observePiped } from './observe-input.js';
import type { Observer } from './observer.js';

/** A protocol that a channel should speak. */
export interface WatchedProtocol {
  readonly name: string;
  /** Starts its parser, which calls `onBroken` once when the bytes are not the protocol's. */
  readonly start: (onBroken: () => void) => Observer;
  /** Takes input while the channel speaks the protocol. */
  readonly input: (data: Buffer) => void;
  /** Observes output from the bytes on that broke the protocol. */
  readonly afterwards: Observer;
}

/**
 * Observes a channel that should speak a protocol. A user decides what a command line runs on the asset, so the bytes decide what is recorded.
 * From the first bytes that do not fit the protocol, output is kept whole and input is observed as a shell's.
 */
export function watchProtocol(deps: TapDeps, target: TapTarget, recorder: ChannelRecorder, protocol: WatchedProtocol): Observer {
  const { sessionId, channel } = target;
  let piped: Observer | undefined;
  const watch = protocol.start(() => {
    deps.logger.warn(
      { ...ofSession(sessionId), channel, protocol: protocol.name },
      'the channel does not speak the protocol that it was opened for, so the rest of it is recorded whole',
    );
    recorder.keepWhole();
    piped = observePiped(deps, target, recorder, 'shell');
  });
  return {
    input: (data) => {
      watch.input(data);
      if (piped) piped.input(data);
      else protocol.input(data);
    },
    output: (data) => {
      watch.output(data);
      if (piped) protocol.afterwards.output(data);
    },
    stderr: (data) => protocol.afterwards.stderr(data),
    resize: () => undefined,
    close: async (exit) => {
      await watch.close(exit);
      await piped?.close(exit);
      await protocol.afterwards.close(exit);
    },
  };
}
