// Compiles the services and the addon of libs/ssh, and copies what each service runs into TARGET/SERVICE/app. A build step.
//   node deploy/docker/steps/code.mjs TARGET
import { cpSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { command, INSTALL } from './command.mjs';
import { foldersOf, SERVICES } from './services.mjs';

const [, , target] = process.argv;
const ADDON = 'libs/ssh/native/build/sallyport_ssh.node';

const services = SERVICES.flatMap((service) => ['--filter-prod', `@sallyport/${service}...`]);
command('.', 'pnpm', ...INSTALL, '--no-optional', '--filter', 'sallyport', ...services);

const said = command('.', 'node', 'libs/ssh/native/build.mjs', '--force');
if (!existsSync(ADDON)) {
  console.error(said);
  process.exit(1);
}
console.log(command('.', 'node_modules/.bin/tsc', '-b', ...SERVICES.map((service) => `services/${service}`)));

for (const service of SERVICES) {
  const folders = foldersOf(service);
  for (const folder of folders)
    cpSync(join(folder, 'dist'), join(target, service, 'app', folder, 'dist'), { recursive: true, filter: isRun });
  if (folders.includes('libs/ssh')) cpSync(ADDON, join(target, service, 'app', ADDON));
}

// The layer of this step is stored: it need not hold the compiler.
rmSync('node_modules', { recursive: true });

function isRun(path) {
  return !/\.(d\.ts|map|tsbuildinfo)$/.test(path);
}
