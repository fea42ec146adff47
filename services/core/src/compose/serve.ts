import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Bus } from '@sallyport/bus';
import { returnMemory, systemClock } from '@sallyport/context';
import { createSealer } from '@sallyport/crypto';
import {
  createLogger,
  createMetrics,
  onShutdownSignal,
  showPools,
  startHealthServer,
  startTracing,
  type HealthServer,
  type Logger,
} from '@sallyport/telemetry';
import { BUS } from '../bus/index.js';
import type { CoreConfig } from '../config.js';
import { poolOf, type OpenDatabase } from '../database/index.js';
import { BearerTokens, createAdapter, readJsonBodies } from '../http/index.js';
import { FirstAdmin, type PasswordSink } from '../modules/users/index.js';
import type { PlatformParts } from '../platform/index.js';
import { AppModule } from './app.module.js';
import { nestLogger } from './nest-logger.js';
import { openForService } from './open-for-service.js';

const STOP_DEADLINE_MS = 20_000;

/** A running core. */
export interface RunningCore {
  readonly app: NestFastifyApplication;
  /** Port of the REST API. */
  readonly httpPort: number;
  readonly healthPort: number;
  stop(): Promise<void>;
}

/** Starts core and stops it at SIGTERM. */
export async function serve(config: CoreConfig): Promise<void> {
  const tracing = startTracing({ service: 'core', endpoint: config.OTEL_EXPORTER_OTLP_ENDPOINT });
  const logger = createLogger({ service: 'core', level: config.LOG_LEVEL });
  const core = await startCore(config, logger);
  onShutdownSignal(logger, STOP_DEADLINE_MS, async () => {
    await core.stop();
    await tracing.shutdown();
  });
  returnMemory(systemClock);
  // A supervisor that reads this line may send a signal at once.
  logger.info({ http: core.httpPort, health: core.healthPort }, 'core is up');
}

/** Starts core. Rejects on an outdated schema and on a port in use, after it stopped what it had started. */
export async function startCore(config: CoreConfig, logger: Logger): Promise<RunningCore> {
  const parts: PlatformParts = {
    config,
    clock: systemClock,
    logger,
    metrics: createMetrics('core'),
    sealer: createSealer(config.CORE_SEALING_KEYS),
  };
  const dataSource = await openForService(config.CORE_DATABASE_URL, config.CORE_DATABASE_AS_OWNER, logger);
  showPools(parts.metrics, { core: poolOf(dataSource) });
  let app: NestFastifyApplication | undefined;
  try {
    app = await NestFactory.create<NestFastifyApplication>(
      AppModule.serving(parts, dataSource),
      createAdapter(parts, config.CORE_PUBLIC_URL),
      {
        logger: nestLogger(logger),
        abortOnError: false,
        bodyParser: false,
      },
    );
    readJsonBodies(app.getHttpAdapter().getInstance(), app.get(BearerTokens));
    await app.get(FirstAdmin).ensure(passwordSink(config));
    await listen(app, config.CORE_HTTP_HOST, config.CORE_HTTP_PORT);
    return running(app, await startHealth(config, parts, app, dataSource));
  } catch (error) {
    await (app ? app.close() : dataSource.destroy());
    throw error;
  }
}

async function listen(app: NestFastifyApplication, host: string, port: number): Promise<void> {
  try {
    await app.listen(port, host);
  } catch (error) {
    const isTaken = (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
    throw isTaken ? new Error(`Port ${port} on ${host} is taken: choose another CORE_HTTP_PORT or CORE_RPC_PORT`, { cause: error }) : error;
  }
}

function running(app: NestFastifyApplication, health: HealthServer): RunningCore {
  const address = app.getHttpServer().address() as { port: number };
  return {
    app,
    httpPort: address.port,
    healthPort: health.port,
    stop: async () => {
      health.setDraining();
      await app.close();
      await health.close();
    },
  };
}

/** Starts the health server. Core is ready without NATS, because facts wait in the outbox; the state of NATS is shown. */
function startHealth(
  config: CoreConfig,
  { metrics }: PlatformParts,
  app: NestFastifyApplication,
  dataSource: OpenDatabase,
): Promise<HealthServer> {
  const bus = app.get<Bus>(BUS);
  return startHealthServer({
    host: config.CORE_HEALTH_HOST,
    port: config.CORE_HEALTH_PORT,
    service: 'core',
    metrics,
    checks: {
      database: async () => {
        await dataSource.query('SELECT 1');
      },
    },
    facts: () => ({ nats: bus.problem() ?? 'ok' }),
  });
}

const passwordSink = ({ CORE_FIRST_ADMIN_PASSWORD: given, CORE_ADMIN_PASSWORD_FILE: file }: CoreConfig): PasswordSink => {
  if (given !== undefined) return { given };
  return file === undefined ? { print: (line) => process.stdout.write(`${line}\n`) } : { file };
};
