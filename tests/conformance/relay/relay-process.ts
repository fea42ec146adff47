/** The relay as a process of its own, whose memory is its own: the options come in argv, the port and sizes go to the parent. */
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
