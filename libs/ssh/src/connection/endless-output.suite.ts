/** For tests: a program that writes without end. */
import type { Channel } from './channel.js';
import type { ChannelHandler } from './channel-handler.js';

/** Handles a session's channel: after its first request it sends as much as the channel takes. Reports the size of each piece that was taken. */
export function endlessOutput(channel: () => Channel, onTaken: (bytes: number) => void): ChannelHandler {
  const go = (): void => {
    for (let taken = 1; taken > 0; ) {
      taken = channel().send(Buffer.alloc(32_768));
      onTaken(taken);
    }
  };
  return {
    request: () => {
      setImmediate(go);
      return true;
    },
    writable: go,
  };
}
