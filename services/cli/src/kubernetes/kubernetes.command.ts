import { Command, InvalidArgumentError } from 'commander';
import { inClusterSecrets } from './in-cluster-secrets.js';
import { keepSecrets, KINDS, secretNames, type Kind } from './keep-secrets.js';

interface MakeOptions {
  readonly name: string;
  readonly kinds: readonly Kind[];
  readonly certificateDays: number;
}

/** Creates the command `sallyport kubernetes`, which the Helm chart's Jobs run. `print` receives lines. */
export function kubernetesCommand(print: (line: string) => void): Command {
  return new Command('kubernetes')
    .description('keep the keys of an installation in Secrets; the Helm chart runs it')
    .addCommand(makeKeysCommand(print).exitOverride())
    .addCommand(deleteKeysCommand(print).exitOverride());
}

const makeKeysCommand = (print: (line: string) => void): Command =>
  onRelease('make-keys')
    .description('make the Secrets that are missing; one that is there is kept, and a certificate is renewed before it runs out')
    .option('--certificate-days <n>', 'lifetime of a new certificate', days, 90)
    .action(async ({ name, kinds, certificateDays }: MakeOptions) => {
      await keepSecrets(inClusterSecrets(), { name, kinds, days: certificateDays, now: new Date() }, print);
    });

const deleteKeysCommand = (print: (line: string) => void): Command =>
  onRelease('delete-keys')
    .description('delete the Secrets: without them old recordings can’t be proved, and sealed secrets can’t be read')
    .action(async ({ name, kinds }: MakeOptions) => {
      const store = inClusterSecrets();
      for (const secret of secretNames(name, kinds)) print(`${secret} ${(await store.delete(secret)) ? 'was deleted' : 'was not there'}`);
    });

const onRelease = (command: string): Command =>
  new Command(command)
    .requiredOption('--name <name>', 'name in front of the names of the Secrets')
    .requiredOption('--kinds <list>', `kinds of keys, comma separated: ${KINDS.join(', ')}`, kinds);

function kinds(text: string): Kind[] {
  const named = text.split(',');
  const wrong = named.find((kind) => !(KINDS as readonly string[]).includes(kind));
  if (wrong !== undefined) throw new InvalidArgumentError(`"${wrong}" is not one of ${KINDS.join(', ')}`);
  return named as Kind[];
}

function days(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 3650) throw new InvalidArgumentError('must be a number of days, 1 to 3650');
  return value;
}
