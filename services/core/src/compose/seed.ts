import { NestFactory } from '@nestjs/core';
import { systemClock, systemCtx } from '@sallyport/context';
import { createSealer, type SealingKeys } from '@sallyport/crypto';
import { createLogger, createMetrics } from '@sallyport/telemetry';
import { openDatabase } from '../database/index.js';
import { AppModule } from './app.module.js';
import { nestLogger } from './nest-logger.js';
import { readSeedFile } from './seed-file.js';
import { Seeder } from './seeder.js';

/** Where the seed goes. */
export interface SeedTarget {
  readonly databaseUrl: string;
  readonly sealingKeys: SealingKeys;
  readonly logLevel: string | undefined;
}

/** Makes what the file names and is not there. Names are the keys: running it again changes nothing. */
export async function seedDatabase(path: string, { databaseUrl, sealingKeys, logLevel }: SeedTarget): Promise<void> {
  const seed = await readSeedFile(path);
  const logger = createLogger({ service: 'core', ...(logLevel && { level: logLevel }) });
  const parts = { config: {}, clock: systemClock, logger, metrics: createMetrics('core'), sealer: createSealer(sealingKeys) };
  const dataSource = await openDatabase(databaseUrl);
  const app = await NestFactory.createApplicationContext(AppModule.records(parts, dataSource), { logger: nestLogger(logger), abortOnError: false });
  try {
    await new Seeder(app, systemCtx('seed')).apply(seed);
    logger.info({ users: seed.users.length, hosts: seed.hosts.length, accounts: seed.accounts.length, permissions: seed.permissions.length }, 'seeded');
  } finally {
    await app.close();
  }
}
