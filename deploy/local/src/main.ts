import { AppError } from '@sallyport/errors';
import { systemClock } from '@sallyport/context';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { launch } from './launcher.js';
import { readOptions, USAGE, type Options } from './options.js';
import { explainFailure } from './report/explain-failure.js';
import { progress } from './report/progress.js';
import { fleet, type Fleet } from './supervise/fleet.js';

const SAME_KEYPRESS_MS = 1500;

const say = (line: string): void => void process.stdout.write(`${line}\n`);

await main(process.argv.slice(2)).catch(fail);

async function main(args: readonly string[]): Promise<void> {
  const options = readOptions(args);
  if (options === 'help') say(USAGE);
  else await run(options);
}

async function run(options: Options): Promise<void> {
  const lines = progress(say, () => systemClock.monotonic(), options.elapsedMs);
  const members = fleet(lines.watcher, lines.say, systemClock);
  const asked = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve());
  });
  let isReady = false;
  const started = launch(options, members, lines).then((text) => {
    isReady = true;
    say(text);
  });
  started.catch(() => undefined); // reported below, unless we are stopping already and it fails because of that
  try {
    await Promise.race([asked, started]);
    await asked;
  } catch (error) {
    throw await explainFailure(error, options.data);
  } finally {
    await stopEverything(members, lines.say);
    if (isReady) await rm(join(options.data, 'run.json'), { force: true }); // its process ids are not valid any more
  }
  process.exit(0); // nothing is left to do, and a leftover handle must not keep the terminal
}

/** Stops everything. A second Ctrl-C does not wait: the kernel signals every part when this process is gone. */
async function stopEverything(members: Fleet, report: (line: string) => void): Promise<void> {
  const since = systemClock.monotonic();
  const hurry = (): void => {
    // One Ctrl-C arrives more than once: from the terminal, from npm and from the program that started us.
    if (systemClock.monotonic() - since > SAME_KEYPRESS_MS) process.exit(1);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, hurry);
  if (members.running().length === 0) return;
  report('stopping');
  await members.stopAll();
  report('stopped');
}

function fail(error: unknown): never {
  const text = error instanceof AppError ? error.message : String((error as Error).stack ?? error);
  process.stderr.write(`\n${text}\n`);
  process.exit(1);
}
