import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { uuidv7 } from '@sallyport/context';
import { beginSpan, type Metrics, type OpenSpan } from '@sallyport/telemetry';
import type { FastifyRequest } from 'fastify';
import type { PlatformParts } from '../platform/index.js';
import { recordDeclaredMethods } from './declared-methods.js';
import { unreadablePaths } from './error.filter.js';
import { refuseForeignSite } from './refuse-foreign-site.js';

const REQUEST_TIMEOUT_MS = 30_000;

const DURATION_BUCKETS = [0.005, 0.02, 0.1, 0.5, 2, 10];

/** Creates the HTTP server under Nest. `publicUrl` is the URL that browsers reach it at, if that is known. */
export function createAdapter(
  { metrics, logger }: Pick<PlatformParts, 'metrics' | 'logger'>,
  publicUrl: string | undefined,
): FastifyAdapter {
  const adapter = new FastifyAdapter({
    requestTimeout: REQUEST_TIMEOUT_MS,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 128 },
    genReqId: (request: IncomingMessage) => requestIdFrom(request.headers['x-request-id']),
    // No proxy in front of core is trusted yet: X-Forwarded-For is ignored.
    trustProxy: false,
    forceCloseConnections: true,
    frameworkErrors: unreadablePaths(logger),
  });
  recordDeclaredMethods(adapter.getInstance());
  adapter.getInstance().addHook('onRequest', async (request, reply) => {
    await Promise.resolve();
    void reply.headers({ 'x-request-id': request.id, 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' });
  });
  adapter.getInstance().addHook('onRequest', (request, _reply, done) => {
    refuseForeignSite(request, publicUrl);
    done();
  });
  traceRequests(adapter);
  measure(adapter, metrics);
  return adapter;
}

/** Adds one span per request, named by its declared route, with the request id alone. Calls to peers are child spans. */
function traceRequests(adapter: FastifyAdapter): void {
  const spans = new WeakMap<FastifyRequest, OpenSpan>();
  adapter.getInstance().addHook('onRequest', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'none';
    const span = beginSpan(`${request.method} ${route}`, 'server', traceParent(request.headers));
    spans.set(request, span);
    // Comes for an answer that was cut off as well.
    reply.raw.once('close', () => {
      const facts = {
        'http.request.method': request.method,
        'http.route': route,
        'http.response.status_code': reply.statusCode,
        'sallyport.request_id': request.id,
      };
      span.end(facts, reply.statusCode >= 500);
    });
    span.within(done);
  });
  // A body comes in events of the socket, outside of what onRequest began.
  adapter.getInstance().addHook('preValidation', (request, _reply, done) => {
    const span = spans.get(request);
    if (span) span.within(done);
    else done();
  });
}

/** Returns the caller's trace, if it sends one (W3C Trace Context). */
const traceParent = ({ traceparent }: IncomingHttpHeaders): Record<string, string> =>
  typeof traceparent === 'string' ? { traceparent } : {};

/** Measures the duration of requests by declared route: a label with the path would have no bound. */
function measure(adapter: FastifyAdapter, metrics: Metrics): void {
  const durations = metrics.histogram(
    'http_request_duration_seconds',
    'REST requests by declared route and class of status',
    DURATION_BUCKETS,
    ['method', 'route', 'status'],
  );
  adapter.getInstance().addHook('onResponse', async (request, reply) => {
    await Promise.resolve();
    durations.observe(
      { method: request.method, route: request.routeOptions.url ?? 'none', status: `${Math.trunc(reply.statusCode / 100)}xx` },
      reply.elapsedTime / 1000,
    );
  });
}

/** Returns the caller's request id if it is safe in a log line, else a new one. */
const requestIdFrom = (given: string | string[] | undefined): string =>
  typeof given === 'string' && /^[A-Za-z0-9_.-]{8,64}$/.test(given) ? given : uuidv7();
