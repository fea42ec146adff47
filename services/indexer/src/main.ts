import { createLogger } from '@sallyport/telemetry';
import { loadIndexerConfig, loadMigrateConfig, storeChoice, type MigrateConfig } from './config.js';
import { serve } from './serve.js';
import { openStore } from './store/index.js';

const USAGE = `Usage:
  main.js              serve
  main.js migrate      bring the command store up to this version
`;

async function run([command, ...rest]: readonly string[]): Promise<void> {
  if (command === undefined) return serve(loadIndexerConfig());
  if (command === 'migrate' && rest.length === 0) return migrate(loadMigrateConfig());
  process.stderr.write(USAGE);
  process.exitCode = 2;
}

async function migrate(config: MigrateConfig): Promise<void> {
  const logger = createLogger({ service: 'indexer', level: config.LOG_LEVEL });
  const store = openStore(storeChoice(config), logger);
  try {
    logger.info({ store: store.location, done: await store.migrate() }, 'the command store is up to date');
  } finally {
    await store.close();
  }
}

try {
  await run(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`indexer did not ${process.argv[2] ?? 'start'}: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
