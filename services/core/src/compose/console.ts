import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { systemClock } from '@sallyport/context';
import { createSealer, type SealingKeys } from '@sallyport/crypto';
import { createLogger, createMetrics, type Logger } from '@sallyport/telemetry';
import { AppModule } from './app.module.js';
import { nestLogger } from './nest-logger.js';
import { openForService } from './open-for-service.js';

/** Database and keys of a console command. */
export interface ConsoleTarget {
  readonly databaseUrl: string;
  readonly isOwnerAllowed?: boolean;
  readonly sealingKeys: SealingKeys;
  readonly logLevel: string | undefined;
}

/** Runs `work` with core's records, without a port and without peers. Access to the machine is the authentication. */
export async function atConsole(
  { databaseUrl, isOwnerAllowed = false, sealingKeys, logLevel }: ConsoleTarget,
  work: (app: INestApplicationContext, logger: Logger) => Promise<void>,
): Promise<void> {
  const logger = createLogger({ service: 'core', ...(logLevel && { level: logLevel }) });
  const parts = { config: {}, clock: systemClock, logger, metrics: createMetrics('core'), sealer: createSealer(sealingKeys) };
  const dataSource = await openForService(databaseUrl, isOwnerAllowed, logger);
  const app = await NestFactory.createApplicationContext(AppModule.records(parts, dataSource), {
    logger: nestLogger(logger),
    abortOnError: false,
  });
  try {
    await work(app, logger);
  } finally {
    await app.close();
  }
}
