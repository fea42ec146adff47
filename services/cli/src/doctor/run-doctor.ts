import { existsSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { SettingsIncomplete } from '../config.js';
import { allChecks } from './checks/index.js';
import { readEnvFiles } from './env-files.js';
import { secretHider } from './hide-secrets.js';
import { describeInstallation, type Addresses } from './installation.js';
import { countLevels, reportJson, reportLines } from './report.js';
import { runChecks } from './run-checks.js';

/** Folder that `npm start` writes the settings of its services to. */
const OF_NPM_START = '.data/env';

/** Options of an examination. */
export interface DoctorOptions extends Addresses {
  /** Files and folders of settings; empty: those of `npm start`. */
  readonly env: readonly string[];
  /** Folder that relative paths of settings begin at, if it is not that of the command. */
  readonly directory?: string | undefined;
  readonly isJson: boolean;
}

/** Examines an installation and prints what it found. Returns true if no fault was found. Throws SettingsIncomplete. */
export async function runDoctor(options: DoctorOptions, print: (line: string) => void): Promise<boolean> {
  const paths = (options.env.length > 0 ? options.env : [foundHere()]).map((path) => resolve(path));
  const environments = readEnvFiles(paths);
  process.chdir(options.directory ?? workingFolder(paths));
  const installation = describeInstallation(environments, options);
  const results = await runChecks(allChecks, installation);
  const hide = secretHider(installation);
  for (const line of options.isJson ? reportJson(results).split('\n') : reportLines(results)) print(hide(line));
  return countLevels(results).fault === 0;
}

function foundHere(): string {
  if (existsSync(OF_NPM_START)) return OF_NPM_START;
  throw new SettingsIncomplete('Name the settings of the services by --env FILE (core.env, gateway.env, …) or --env FOLDER');
}

/** Returns the folder that the services of `npm start` run in, which is above their settings; for others that of the command. */
function workingFolder([first = '']: readonly string[]): string {
  const isOfNpmStart = first.endsWith('/env') && statSync(first).isDirectory() && existsSync(resolve(first, '../run.json'));
  return isOfNpmStart ? dirname(first) : process.cwd();
}
