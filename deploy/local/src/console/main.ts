import { AppError } from '@sallyport/errors';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { OptionInvalid } from '../local.errors.js';
import { resetPassword } from './reset-password.js';

const USAGE = `npx sallyport-local reset-password [NAME] [--data DIR]
  prints a new password of the user NAME (default: admin), to be changed at the next sign-in, and ends its sign-ins
  --data DIR           folder of the running installation (default: .data)`;

try {
  await run(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error instanceof AppError ? error.message : String((error as Error).stack ?? error)}\n`);
  process.exitCode = 1;
}

async function run(args: string[]): Promise<void> {
  const { values, positionals } = parse(args);
  const [command, name = 'admin', ...more] = positionals;
  if (values.help === true) process.stdout.write(`${USAGE}\n`);
  else if (command === 'reset-password' && more.length === 0) process.stdout.write(await resetPassword(resolve(values.data), name));
  else throw new OptionInvalid(USAGE);
}

function parse(args: string[]) {
  try {
    return parseArgs({ args, options: { data: { type: 'string', default: '.data' }, help: { type: 'boolean' } }, allowPositionals: true });
  } catch (error) {
    throw new OptionInvalid(`${(error as Error).message}\n${USAGE}`);
  }
}
