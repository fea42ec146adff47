import { Command, InvalidArgumentError } from 'commander';
import { wholeSeconds } from '../stores/seconds.js';

const HELP = `
Run it before the first start of the services and after every upgrade. It keeps all messages. The certificate must have the DNS name nats-operator; no service has its key.`;

interface ProvisionOptions {
  readonly url: string;
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
  readonly replicas: number;
  readonly wait: number;
}

/** Creates the command `sallyport nats`. `print` receives lines. */
export function natsCommand(print: (line: string) => void): Command {
  // NATS' client is loaded when it is needed: `verify` works without it.
  const bus = () => import('@sallyport/bus');
  const provision = new Command('provision')
    .description('create the streams and consumers of NATS, or update their settings')
    .requiredOption('--url <url>', 'NATS servers, comma separated: nats://host:port')
    .requiredOption('--ca <file>', 'PEM file of the authority that signs the certificates')
    .requiredOption('--cert <file>', 'PEM file of the operator’s certificate')
    .requiredOption('--key <file>', 'PEM file of its private key')
    .option('--replicas <n>', 'replicas of each stream; 3 on a cluster', replicas, 1)
    .option('--wait <seconds>', 'how long to wait for the server', wholeSeconds, 15)
    .addHelpText('after', HELP)
    .action(async ({ url, ca, cert, key, replicas, wait }: ProvisionOptions) => {
      const { provisionBus } = await bus();
      await provisionBus({ url, identity: { caFile: ca, certFile: cert, keyFile: key }, replicas, timeoutMs: wait * 1000 });
      print('The streams and consumers are ready.');
    });
  const permissions = new Command('permissions')
    .description('print the permissions of all identities, for the configuration of a NATS server')
    .action(async () => print((await bus()).authorizationConf().trimEnd()));
  return new Command('nats')
    .description('prepare NATS for the services')
    .addCommand(provision.exitOverride())
    .addCommand(permissions.exitOverride());
}

function replicas(text: string): number {
  if (!/^[135]$/.test(text)) throw new InvalidArgumentError('must be 1, 3 or 5');
  return Number(text);
}
