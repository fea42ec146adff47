import { SERVICES, type ServiceName } from '@sallyport/config';
import { Command, InvalidArgumentError } from 'commander';
import { oneMore } from '../verify/one-more.js';

const HELP = `
FILE holds the variables of one service (NAME=VALUE, as systemd's EnvironmentFile) and is named after it: core.env, gateway.env, recorder.env, indexer.env, worker.env. With nats-operator.env (NATS_URL, RPC_CA_FILE, RPC_CERT_FILE, RPC_KEY_FILE) the streams of NATS are checked too. Without --env the installation of "npm start" in this folder is checked.

It reads the secrets that the settings name, prints none, and changes nothing but a small object below doctor/ in the recordings' store, which it removes.

Exit code: 0 no fault · 1 a fault · 2 it could not be checked`;

interface Options {
  readonly env?: string[];
  readonly gateway?: string[];
  readonly health?: Partial<Record<ServiceName, string>>;
  readonly directory?: string;
  readonly json?: boolean;
}

/** Time that closing connections have before the command ends without them. */
const CLOSE_MS = 500;

/** Creates the command `sallyport doctor`. `print` receives lines; `exit` the exit code. */
export const doctorCommand = (print: (line: string) => void, exit: (code: number) => void): Command =>
  new Command('doctor')
    .description('check an installation from the settings of its services: says what is wrong and what to do')
    .option('--env <file>', 'settings of a service, or a folder of them; may be repeated', oneMore)
    .option('--gateway <host:port>', 'a gateway, to compare its host keys; may be repeated (default: as its settings say)', oneMore)
    .option('--health <name=url>', 'health server of a service, if it is not on this machine; may be repeated', healthAddress)
    .option('--directory <folder>', 'folder that relative paths of the settings begin at')
    .option('--json', 'print JSON')
    .addHelpText('after', HELP)
    .action(async ({ env = [], gateway: gateways = [], health = {}, directory, json: isJson = false }: Options) => {
      // Clients of every server are loaded when they are needed.
      const { runDoctor } = await import('./run-doctor.js');
      exit((await runDoctor({ env, gateways, health, directory, isJson }, print)) ? 0 : 1);
      // A server that is away must not keep the command.
      setTimeout(() => process.exit(), CLOSE_MS).unref();
    });

function healthAddress(text: string, former: Partial<Record<ServiceName, string>> = {}): Partial<Record<ServiceName, string>> {
  const [, name = '', url = ''] = /^([a-z]+)=(https?:\/\/.+)$/.exec(text) ?? [];
  if (!(SERVICES as readonly string[]).includes(name))
    throw new InvalidArgumentError(`write NAME=http://host:port; NAME is ${SERVICES.join(', ')}`);
  return { ...former, [name]: url };
}
