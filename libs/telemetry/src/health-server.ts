import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { healthMetrics } from './health-metrics.js';
import type { Metrics } from './metrics.js';

/** Checks a dependency: resolves if it works, rejects with the reason if not. */
export type HealthCheck = () => Promise<void> | void;

/** Settings of the health server. */
export interface HealthOptions {
  host: string;
  port: number;
  /** Name of the service, for the metrics of its health. */
  service: string;
  /** Checks by name of the dependency. */
  checks: Readonly<Record<string, HealthCheck>>;
  metrics: Pick<Metrics, 'text'>;
  /** Facts to show beside the checks, e.g. which crypto is active. */
  facts?: () => Readonly<Record<string, unknown>>;
}

/** The running health server. */
export interface HealthServer {
  readonly port: number;
  /** Reports the process as not ready from now on, so that it gets no new work. */
  setDraining(): void;
  close(): Promise<void>;
}

/** A check may take this long before it counts as failed. */
const CHECK_TIMEOUT_MS = 2_000;

/** Serves `/livez` (the event loop runs), `/readyz` (every check; 503 if one fails or the service drains) and `/metrics`. */
export async function startHealthServer(options: HealthOptions): Promise<HealthServer> {
  let draining = false;
  const server = createServer((request, response) => void answer(request, response, options, () => draining));
  await listen(server, options.host, options.port);
  return {
    port: (server.address() as AddressInfo).port,
    setDraining: () => {
      draining = true;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'EADDRINUSE' ? new Error(`Port ${port} on ${host} is taken: choose another health port`, { cause: error }) : error,
      ),
    );
    server.listen(port, host, resolve);
  });
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  options: HealthOptions,
  isDraining: () => boolean,
): Promise<void> {
  if (request.url === '/livez') return send(response, 200, 'application/json', '{"alive":true}\n');
  if (request.url === '/metrics') return send(response, 200, 'text/plain; version=0.0.4', await metricsText(options, isDraining()));
  if (request.url !== '/readyz') return send(response, 404, 'text/plain', 'Here are /livez, /readyz and /metrics.\n');
  const checks = await runChecks(options.checks);
  const ready = isReady(checks, isDraining());
  const body = { ready, draining: isDraining(), checks, ...options.facts?.() };
  return send(response, ready ? 200 : 503, 'application/json', `${JSON.stringify(body)}\n`);
}

async function metricsText(options: HealthOptions, isDraining: boolean): Promise<string> {
  const [text, checks] = await Promise.all([options.metrics.text(), runChecks(options.checks)]);
  return text + healthMetrics(options.service, checks, isReady(checks, isDraining));
}

const isReady = (checks: Readonly<Record<string, string>>, isDraining: boolean): boolean =>
  !isDraining && Object.values(checks).every((state) => state === 'ok');

async function runChecks(checks: HealthOptions['checks']): Promise<Record<string, string>> {
  const states = await Promise.all(Object.entries(checks).map(async ([name, check]) => [name, await runCheck(check)] as const));
  return Object.fromEntries(states);
}

async function runCheck(check: HealthCheck): Promise<string> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${CHECK_TIMEOUT_MS} ms`)), CHECK_TIMEOUT_MS);
  });
  try {
    await Promise.race([check(), late]);
    return 'ok';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    clearTimeout(timer);
  }
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(body);
}
