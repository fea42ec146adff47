import { join } from 'node:path';
import { prepareProductDatabase } from '@sallyport/database';
import { Command } from 'commander';
import { fileText, SettingsIncomplete } from '../config.js';
import { wholeSeconds } from './seconds.js';
import { waitFor } from './wait-for.js';

const HELP = `
The folder has the four files core-url, core-migration-url, indexer-url and indexer-migration-url: PostgreSQL URLs with the roles core_service, core,
indexer_service and indexer. The command creates the roles with the passwords of the URLs, the database, the schemas and the extensions pg_trgm and uuid-ossp.
Run "migrate" of core and indexer afterwards. Only this command needs the superuser.`;

/** Files of the URLs, by the role that the URL has to name. */
const ROLE_FILES = {
  coreService: 'core-url',
  core: 'core-migration-url',
  indexerService: 'indexer-url',
  indexer: 'indexer-migration-url',
} as const;
const ROLE_NAMES = { coreService: 'core_service', core: 'core', indexerService: 'indexer_service', indexer: 'indexer' } as const;
type Role = keyof typeof ROLE_FILES;

interface PrepareOptions {
  readonly adminUrlFile: string;
  readonly urls: string;
  readonly wait: number;
}

/** Creates the command `sallyport database`. `print` receives lines. */
export function databaseCommand(print: (line: string) => void): Command {
  const prepare = new Command('prepare')
    .description('create roles, database and schemas in a PostgreSQL server; safe to repeat')
    .requiredOption('--admin-url-file <file>', 'file with the URL of a superuser')
    .requiredOption('--urls <folder>', 'folder with the URLs of the services')
    .option('--wait <seconds>', 'how long to wait for the server', wholeSeconds, 0)
    .addHelpText('after', HELP)
    .action(async ({ adminUrlFile, urls, wait }: PrepareOptions) => {
      const roles = (Object.keys(ROLE_FILES) as Role[]).map((role) => [role, roleOf(urls, role)] as const);
      const database = sameDatabase(roles.map(([, { database }]) => database));
      const passwords = Object.fromEntries(roles.map(([role, { password }]) => [role, password])) as Record<Role, string>;
      await waitFor(wait, () => prepareProductDatabase(fileText(adminUrlFile), database, passwords));
      print(`The database "${database}" has its roles and schemas. Next: "migrate" of core and indexer.`);
    });
  return new Command('database').description('prepare PostgreSQL for the services').addCommand(prepare.exitOverride());
}

/** Reads a role's URL. The error names the file, never the URL: it has a password. */
function roleOf(folder: string, role: Role): { readonly password: string; readonly database: string } {
  const file = join(folder, ROLE_FILES[role]);
  const text = fileText(file);
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.username !== ROLE_NAMES[role] || url.password === '' || url.pathname.length < 2)
    throw new SettingsIncomplete(`"${file}" must be postgres://${ROLE_NAMES[role]}:PASSWORD@HOST:PORT/DATABASE`);
  return { password: decodeURIComponent(url.password), database: decodeURIComponent(url.pathname.slice(1)) };
}

function sameDatabase([first = '', ...others]: readonly string[]): string {
  const other = others.find((database) => database !== first);
  if (other !== undefined) throw new SettingsIncomplete(`the URLs name two databases, "${first}" and "${other}": all four must name one`);
  return first;
}
