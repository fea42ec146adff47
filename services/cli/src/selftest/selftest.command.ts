import { systemClock } from '@sallyport/context';
import { Command, InvalidArgumentError } from 'commander';
import { oneMore } from '../verify/one-more.js';

const HELP = `
"prepare" makes keys and core's seed file; core's "seed" makes the users, the asset and the permission; "run" is the asset, opens a session through the gateway,
finds its command, verifies its replay and removes what was seeded. Everything expires after 15 minutes.`;

/** Loads what makes keys when it is needed: the other commands run on Node versions that the SSH engine does not. */
const plans = () => import('./plan.js');

/** Creates the command `sallyport selftest`, which \`helm test\` runs. `print` receives lines. */
export function selftestCommand(print: (line: string) => void): Command {
  return new Command('selftest')
    .description('run a session from end to end; helm test runs it')
    .addCommand(prepareCommand().exitOverride())
    .addCommand(runTestCommand(print).exitOverride())
    .addHelpText('after', HELP);
}

const prepareCommand = (): Command =>
  inFolder('prepare')
    .description('make the keys of a test, and the seed file for core')
    .requiredOption('--address <address>', 'address that gateways reach this machine or pod at')
    .option('--port <port>', 'port of the test’s asset', port, 2022)
    .action(async ({ folder, address, port }: { folder: string; address: string; port: number }) =>
      (await plans()).writePlan(folder, address, port, systemClock.now()),
    );

const runTestCommand = (print: (line: string) => void): Command =>
  inFolder('run')
    .description('run the test')
    .requiredOption('--url <url>', 'the REST API')
    .requiredOption('--gateway <host:port>', 'SSH of the gateway')
    .requiredOption('--public-key <file>', 'Ed25519 public key of the recorders (SPKI PEM); may be repeated', oneMore)
    .action(async ({ folder, url, gateway, publicKey }: { folder: string; url: string; gateway: string; publicKey: string[] }) => {
      const { runSelftest } = await import('./run-selftest.js');
      const { readPublicKeys } = await import('../verify/named-keys.js');
      await runSelftest({ url, gateway, keys: readPublicKeys(publicKey) }, await (await plans()).readPlan(folder), print);
      print('The installation works.');
    });

const inFolder = (name: string): Command => new Command(name).requiredOption('--folder <folder>', 'folder of the test’s files');

function port(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 65_535) throw new InvalidArgumentError('must be a port, 1 to 65535');
  return value;
}
