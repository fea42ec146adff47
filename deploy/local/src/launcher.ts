import { ensureBucket, type Report } from '@sallyport/backing';
import { readFile, rm } from 'node:fs/promises';
import { openDataFolder } from './data/data-folder.js';
import { replaceFile } from './data/keep-file.js';
import { keepSecrets } from './data/secrets.js';
import { demoAsset } from './demo/demo-asset.js';
import type { Options } from './options.js';
import { backingUnits, type Site } from './parts/backing-units.js';
import { prepareDatabase, type DatabaseUrlFiles } from './parts/database.js';
import { choosePorts } from './parts/ports.js';
import { RECORDINGS_BUCKET } from './parts/service-environment.js';
import { migrateService, serviceUnits } from './parts/service-units.js';
import { untilReady } from './parts/until-ready.js';
import type { Progress } from './report/progress.js';
import { readyText } from './report/ready-text.js';
import { writeEnvFiles } from './report/env-files.js';
import { describeRun, removeWithUs, writeRunFile } from './report/run-file.js';
import { seedDemo } from './seed/seed-demo.js';
import type { Fleet } from './supervise/fleet.js';

/** Starts everything in the order of the dependencies and returns the text to show. `fleet` has what was started, also if this throws. */
export async function launch(options: Options, fleet: Fleet, progress: Progress): Promise<string> {
  const site = await prepareSite(options, progress.say);
  const asset = await demoAsset(site);
  await fleet.startAll([...backingUnits(site), asset.unit]);
  const databases = await prepareStores(site, fleet.urlOf('postgres'));
  progress.say('migrating the databases');
  await Promise.all((['core', 'indexer'] as const).map((name) => migrateService(site, databases, name)));
  await seedDemo(site, databases, asset.account);
  const isFirstStart = (await adminPassword(site)) === undefined;
  await writeEnvFiles(site, databases);
  await fleet.startAll(serviceUnits(site, databases));
  await untilReady(site.ports, site.data);
  return announce(site, fleet, asset.account, isFirstStart);
}

async function prepareSite(options: Options, report: Report): Promise<Site> {
  const data = await openDataFolder(options.data);
  await rm(data.in('run.json'), { force: true }); // a caller that waits for it waits for this start
  const ports = await choosePorts(options, data);
  return { options, data, ports, report, secrets: await keepSecrets(data) };
}

async function prepareStores(site: Site, adminUrl: string): Promise<DatabaseUrlFiles> {
  if (site.options.extras.has('s3'))
    await ensureBucket({ endpoint: `http://127.0.0.1:${site.ports.s3}`, region: 'us-east-1', ...site.secrets.s3 }, RECORDINGS_BUCKET);
  return prepareDatabase(site.data, adminUrl, site.secrets.databasePasswords);
}

/** Writes run.json now and whenever a process is replaced. */
async function announce(site: Site, fleet: Fleet, account: string, isFirstStart: boolean): Promise<string> {
  const password = (await adminPassword(site)) ?? '';
  const describe = () => describeRun(site, fleet.running(), account, password);
  removeWithUs(site);
  await writeRunFile(site, describe());
  fleet.onChange(() => void writeRunFile(site, describe()));
  const knownHosts = site.data.in('known_hosts');
  const name = `[127.0.0.1]:${site.ports.ssh}`;
  await replaceFile(knownHosts, site.secrets.hostPublicKeys.map((key) => `${name} ${key}\n`).join(''));
  return readyText(describe(), knownHosts, site.data.path, isFirstStart);
}

async function adminPassword(site: Site): Promise<string | undefined> {
  return readFile(site.data.secret('admin-password'), 'utf8').then(
    (text) => text.trim(),
    () => undefined,
  );
}
