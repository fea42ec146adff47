/**
 * The relay in a separate process, whose memory can be measured. The options come in argv; the port and the sizes are sent to the parent.
 */
import { startRelay, type RelayServerOptions } from './start-relay.ts';

const relay = await startRelay(JSON.parse(process.argv[2]!) as RelayServerOptions);
process.on('message', () => {
  globalThis.gc?.();
  const { rss, heapUsed, arrayBuffers } = process.memoryUsage();
  process.send!({
    rssBytes: rss,
    liveBytes: heapUsed + arrayBuffers,
    connections: relay.clients.filter(({ transport }) => !transport.hasEnded).length,
  });
});
process.on('disconnect', () => process.exit(0));
process.send!({ port: relay.port });
