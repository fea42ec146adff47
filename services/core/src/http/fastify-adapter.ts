import type { IncomingMessage } from 'node:http';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { uuidv7 } from '@sallyport/context';
import type { Metrics } from '@sallyport/telemetry';

/** Largest request body, bytes. */
const BODY_LIMIT = 1024 * 1024;
const REQUEST_TIMEOUT_MS = 30_000;

const DURATION_BUCKETS = [0.005, 0.02, 0.1, 0.5, 2, 10];

/** The HTTP server under Nest. */
export function createAdapter(metrics: Metrics): FastifyAdapter {
  const adapter = new FastifyAdapter({
    bodyLimit: BODY_LIMIT,
    requestTimeout: REQUEST_TIMEOUT_MS,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 128 },
    genReqId: (request: IncomingMessage) => requestIdFrom(request.headers['x-request-id']),
    // Nobody stands in front of core yet whose word about the client's address could be trusted.
    trustProxy: false,
    forceCloseConnections: true,
  });
  adapter.getInstance().addHook('onRequest', async (request, reply) => {
    await Promise.resolve();
    void reply.headers({ 'x-request-id': request.id, 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' });
  });
  measure(adapter, metrics);
  return adapter;
}

/** How long requests took, by route as it is declared: paths hold ids, of which there is no end. */
function measure(adapter: FastifyAdapter, metrics: Metrics): void {
  const durations = metrics.histogram('http_request_duration_seconds', 'How long REST requests took', DURATION_BUCKETS, ['method', 'route', 'status']);
  adapter.getInstance().addHook('onResponse', async (request, reply) => {
    await Promise.resolve();
    durations.observe({ method: request.method, route: request.routeOptions.url ?? 'none', status: String(reply.statusCode) }, reply.elapsedTime / 1000);
  });
}

/** A caller's own id is kept where it can't do harm in a log line. */
const requestIdFrom = (given: string | string[] | undefined): string => (typeof given === 'string' && /^[A-Za-z0-9_.-]{8,64}$/.test(given) ? given : uuidv7());
