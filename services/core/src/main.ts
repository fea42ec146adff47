import 'reflect-metadata';
import { migrateDatabase } from './compose/migrate.js';
import { seedDatabase } from './compose/seed.js';
import { serve } from './compose/serve.js';
import { loadMigrateConfig, loadSeedConfig, loadServeConfig } from './config.js';

const USAGE = `Usage:
  main.js              serve
  main.js migrate      bring the database schema up to this version
  main.js seed FILE    make the users, hosts, accounts and permissions that FILE (JSON) names
`;

async function run([command, ...rest]: readonly string[]): Promise<void> {
  if (command === undefined) return serve(loadServeConfig());
  if (command === 'migrate' && rest.length === 0) {
    const config = loadMigrateConfig();
    return migrateDatabase(config.CORE_DATABASE_URL, config.LOG_LEVEL);
  }
  if (command === 'seed' && rest[0] !== undefined && rest.length === 1) {
    const config = loadSeedConfig();
    return seedDatabase(rest[0], { databaseUrl: config.CORE_DATABASE_URL, sealingKeys: config.CORE_SEALING_KEYS, logLevel: config.LOG_LEVEL });
  }
  process.stderr.write(USAGE);
  process.exitCode = 2;
}

try {
  await run(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`core did not ${process.argv[2] ?? 'start'}: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
