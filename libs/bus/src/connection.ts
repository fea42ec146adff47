import { MeshIdentityFiles } from '@sallyport/config';
import { backOffMs, systemClock } from '@sallyport/context';
import { AppError } from '@sallyport/errors';
import type { Logger } from '@sallyport/telemetry';
import { connect } from '@nats-io/transport-node';
import { errors, type NatsConnection } from '@nats-io/nats-core';
import { checkIdentity, clientOptions, connectionProblem, type Client } from './identity.js';

/** NATS can't be reached right now. */
export class BusUnavailable extends AppError {
  readonly code = 'BUS_UNAVAILABLE';
  readonly kind = 'unavailable';
}

/** Settings of a connection. */
export interface ConnectionOptions extends Client {
  /** Name of the client in NATS' own lists; by default the service's. */
  readonly name?: string;
  readonly logger: Logger;
}

const CONNECT_MS = 3_000;
const DRAIN_MS = 2_000;
/** The oldest server version that has every feature this package uses. */
const OLDEST = [2, 10] as const;

/** A connection that is made in the background and made again without end, so that a service starts and works while NATS is away. */
export class BusConnection {
  readonly #options: ConnectionOptions;
  readonly #identity: MeshIdentityFiles;
  readonly #stop = new AbortController();
  #current: NatsConnection | undefined;
  #problem = 'not connected yet';
  #waiting: PromiseWithResolvers<NatsConnection> = Promise.withResolvers();

  constructor(options: ConnectionOptions) {
    checkIdentity(options);
    this.#options = options;
    this.#identity = new MeshIdentityFiles(options.identity, (problem) =>
      options.logger.error({ problem }, 'renewed certificate files are refused; the old ones stay in force for NATS'),
    );
    this.#waiting.promise.catch(() => {});
    void this.#connectForEver();
  }

  /** Returns the problem with the connection, or undefined if there is none. */
  get problem(): string | undefined {
    return this.#current && !this.#problem ? undefined : this.#problem;
  }

  /** Returns the connection. Waits for it up to `ms`, then throws BusUnavailable. Rejects once `signal` fires. */
  async get(ms: number, signal?: AbortSignal): Promise<NatsConnection> {
    if (this.#current) return this.#current;
    const over = signal ? AbortSignal.any([this.#stop.signal, signal]) : this.#stop.signal;
    const late = systemClock.sleep(ms, over).then(() => {
      throw new BusUnavailable(`NATS at ${this.#options.url} can't be used: ${this.#problem}`);
    });
    return Promise.race([this.#waiting.promise, late]);
  }

  async close(): Promise<void> {
    this.#stop.abort(new Error('the bus is closed'));
    const connection = this.#current;
    this.#current = undefined;
    // drain() would wait for a server that is away.
    if (connection && !connection.isClosed()) await withinTime(connection.drain(), DRAIN_MS);
    await connection?.close().catch(() => {});
  }

  async #connectForEver(): Promise<void> {
    for (let attempt = 0; !this.#stop.signal.aborted; attempt++) {
      try {
        await this.#connectOnce();
        return;
      } catch (error) {
        this.#problem = connectionProblem(await this.#reasonOf(error), this.#options);
        if (attempt === 0) this.#options.logger.warn({ url: this.#options.url, problem: this.#problem }, 'NATS is away, trying again');
        await systemClock.sleep(backOffMs(attempt, 100, 2_000), this.#stop.signal).catch(() => {});
      }
    }
  }

  /** Returns the reason of a failure. The client reports a refused certificate as a timeout, unless it may not reconnect. */
  async #reasonOf(error: unknown): Promise<unknown> {
    if (!(error instanceof errors.TimeoutError)) return error;
    try {
      const connection = await connect({ ...clientOptions(this.#options, this.#identity), reconnect: false, timeout: CONNECT_MS });
      await connection.close();
      return error;
    } catch (reason) {
      return reason;
    }
  }

  async #connectOnce(): Promise<void> {
    const { service, name = service, logger } = this.#options;
    const connection = await connect({
      ...clientOptions(this.#options, this.#identity),
      name,
      // Otherwise the client stops for good after two refusals, and a server whose permissions were mended is never tried again.
      ignoreAuthErrorAbort: true,
      maxReconnectAttempts: -1,
      reconnectTimeWait: 250,
      timeout: CONNECT_MS,
      pingInterval: 5_000,
      maxPingOut: 2,
    });
    try {
      assertVersion(connection);
    } catch (error) {
      await connection.close();
      throw error;
    }
    if (this.#stop.signal.aborted) return connection.close();
    this.#problem = '';
    this.#current = connection;
    this.#waiting.resolve(connection);
    logger.info({ server: connection.getServer(), version: connection.info?.version }, 'NATS connected');
    void this.#watch(connection);
  }

  async #watch(connection: NatsConnection): Promise<void> {
    for await (const status of connection.status()) {
      if (status.type === 'disconnect') {
        this.#problem = 'disconnected';
        this.#options.logger.warn('NATS disconnected, reconnecting');
      } else if (status.type === 'reconnect') {
        this.#problem = '';
        this.#options.logger.info('NATS reconnected');
      } else if (status.type === 'error' && this.#current) {
        this.#reportError(status.error);
      }
    }
  }

  #reportError(error: Error): void {
    const problem = connectionProblem(error, this.#options);
    if (error instanceof errors.PermissionViolationError)
      this.#options.logger.error({ operation: error.operation, subject: error.subject }, 'NATS denied this subject to this service');
    else this.#options.logger.warn({ problem }, 'NATS reported an error');
  }
}

/** Waits for the end of `work`, and at most this long. No timer outlives it, so that a command exits at once. */
async function withinTime(work: Promise<unknown>, ms: number): Promise<void> {
  const done = new AbortController();
  const settled = work.catch(() => {}).finally(() => done.abort());
  await Promise.race([settled, systemClock.sleep(ms, done.signal).catch(() => {})]);
}

function assertVersion(connection: NatsConnection): void {
  const version = connection.info?.version ?? '0.0.0';
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) return;
  throw new Error(`nats-server ${version} is too old: ${OLDEST.join('.')} or newer is needed`);
}
