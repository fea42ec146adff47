import type { ChannelRecorder } from './channel-recorder.js';
import type { TapTarget, TapTools } from './channel-tap.js';
import { observePiped } from './observe-input.js';
import type { Observer } from './observer.js';

/** A protocol that a channel should speak, as something looks into it. */
export interface WatchedProtocol {
  readonly name: string;
  /** Looks at the bytes; calls `onBroken` once when they are not the protocol's. */
  readonly start: (onBroken: () => void) => Observer;
  /** What becomes of input while the protocol is spoken. */
  readonly input: (data: Buffer) => void;
  /** Looks at output from the bytes on that broke the protocol. */
  readonly afterwards: Observer;
}

/**
 * A user decides what a command line runs on the asset, so its bytes decide what is recorded: from those on that do not fit the protocol, output is
 * kept whole and input is looked at as a shell's.
 */
export function watchProtocol(tools: TapTools, target: TapTarget, recorder: ChannelRecorder, protocol: WatchedProtocol): Observer {
  const { sessionId, channel } = target;
  let piped: Observer | undefined;
  const watch = protocol.start(() => {
    tools.logger.warn(
      { session: sessionId, channel, protocol: protocol.name },
      'the channel does not speak the protocol it was opened for: it is recorded whole from here on',
    );
    recorder.keepWhole();
    piped = observePiped(tools, target, recorder, 'shell');
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
