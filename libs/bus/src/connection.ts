import { backOffMs, systemClock } from '@sallyport/context';
import { AppError } from '@sallyport/errors';
import type { Logger } from '@sallyport/telemetry';
import { connect } from '@nats-io/transport-node';
import type { NatsConnection } from '@nats-io/nats-core';
import { ensureStreams } from './streams.js';

/** NATS can't be reached right now. */
export class BusUnavailable extends AppError {
  readonly code = 'BUS_UNAVAILABLE';
  readonly kind = 'unavailable';
}

/** Settings of a connection. */
export interface ConnectionOptions {
  /** `nats://host:port`, comma separated. */
  url: string;
  /** Token that the servers require; absent if they require none. */
  token?: string | undefined;
  /** Name of the client in NATS' own lists. */
  name: string;
  logger: Logger;
  /** Replicas of each stream; 3 on a cluster. */
  replicas?: number;
}

/** The oldest server version that has every feature this package uses. */
const OLDEST = [2, 10] as const;

/**
 * A connection that is made in the background and made again without end, so that a service starts and works while NATS is away. The
 * streams are ensured before the first use.
 */
export class BusConnection {
  readonly #options: ConnectionOptions;
  readonly #stop = new AbortController();
  #current: NatsConnection | undefined;
  #problem = 'not connected yet';
  #waiting: PromiseWithResolvers<NatsConnection> = Promise.withResolvers();

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#waiting.promise.catch(() => {});
    void this.#connectForEver();
  }

  /** Returns the problem with the connection, or undefined if there is none. */
  get problem(): string | undefined {
    return this.#current && !this.#problem ? undefined : this.#problem;
  }

  /** Returns the connection. Waits for it up to `ms`, then throws BusUnavailable. */
  async get(ms: number): Promise<NatsConnection> {
    if (this.#current) return this.#current;
    const late = systemClock.sleep(ms, this.#stop.signal).then(() => {
      throw new BusUnavailable(`NATS at ${this.#options.url} can't be reached: ${this.#problem}`);
    });
    return Promise.race([this.#waiting.promise, late]);
  }

  async close(): Promise<void> {
    this.#stop.abort(new Error('the bus is closed'));
    const connection = this.#current;
    this.#current = undefined;
    // drain() would wait for a server that is away.
    if (connection && !connection.isClosed()) await Promise.race([connection.drain().catch(() => {}), systemClock.sleep(2_000)]);
    await connection?.close().catch(() => {});
  }

  async #connectForEver(): Promise<void> {
    for (let attempt = 0; !this.#stop.signal.aborted; attempt++) {
      try {
        await this.#connectOnce();
        return;
      } catch (error) {
        this.#problem = error instanceof Error ? error.message : String(error);
        if (attempt === 0) this.#options.logger.warn({ url: this.#options.url, problem: this.#problem }, 'NATS is away, trying again');
        await systemClock.sleep(backOffMs(attempt, 100, 2_000), this.#stop.signal).catch(() => {});
      }
    }
  }

  async #connectOnce(): Promise<void> {
    const { url, token, name, logger, replicas = 1 } = this.#options;
    const connection = await connect({
      servers: url.split(','),
      ...(token && { token }),
      name,
      maxReconnectAttempts: -1,
      reconnectTimeWait: 250,
      timeout: 3_000,
      pingInterval: 5_000,
      maxPingOut: 2,
    });
    try {
      assertVersion(connection);
      await ensureStreams(connection, replicas);
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
        // A server that lost its disk comes back without streams.
        await ensureStreams(connection, this.#options.replicas ?? 1).catch((error: unknown) =>
          this.#options.logger.error({ err: error }, 'streams could not be ensured'),
        );
      }
    }
  }
}

function assertVersion(connection: NatsConnection): void {
  const version = connection.info?.version ?? '0.0.0';
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) return;
  throw new Error(`nats-server ${version} is too old: ${OLDEST.join('.')} or newer is needed`);
}
