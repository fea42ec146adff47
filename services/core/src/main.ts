import 'reflect-metadata';
import { printableLines } from '@sallyport/context';
import type { ConsoleTarget } from './compose/console.js';
import { migrateDatabase } from './compose/migrate.js';
import { resetPassword } from './compose/reset-password.js';
import { seedDatabase } from './compose/seed.js';
import { serve } from './compose/serve.js';
import { unlockUser } from './compose/unlock.js';
import { loadConsoleConfig, loadMigrateConfig, loadServeConfig } from './config.js';

const USAGE = `Usage:
  main.js              serve
  main.js migrate      bring the database schema up to this version
  main.js seed FILE    make the users, hosts, accounts and permissions that FILE (JSON) names
  main.js unlock NAME  let the user NAME, who is locked out after wrong passwords, try again
  main.js reset-password NAME
                       print a new password for NAME, to be changed at the next sign-in, and end its sign-ins
`;

async function run([command, ...rest]: readonly string[]): Promise<void> {
  if (command === undefined) return serve(loadServeConfig());
  if (command === 'migrate' && rest.length === 0) {
    const config = loadMigrateConfig();
    return migrateDatabase(config);
  }
  const [argument] = rest;
  if (command === 'seed' && argument !== undefined && rest.length === 1) return seedDatabase(argument, consoleTarget());
  if (command === 'unlock' && argument !== undefined && rest.length === 1) return unlockUser(argument, consoleTarget());
  if (command === 'reset-password' && argument !== undefined && rest.length === 1)
    return resetPassword(argument, (line) => void process.stdout.write(`${line}\n`), consoleTarget());
  process.stderr.write(USAGE);
  process.exitCode = 2;
}

function consoleTarget(): ConsoleTarget {
  const config = loadConsoleConfig();
  return {
    databaseUrl: config.CORE_DATABASE_URL,
    isOwnerAllowed: config.CORE_DATABASE_AS_OWNER ?? false,
    sealingKeys: config.CORE_SEALING_KEYS,
    logLevel: config.LOG_LEVEL,
  };
}

try {
  await run(process.argv.slice(2));
} catch (error) {
  const message = printableLines(error instanceof Error ? error.message : String(error));
  process.stderr.write(`core did not ${process.argv[2] ?? 'start'}: ${message}\n`);
  process.exit(1);
}
