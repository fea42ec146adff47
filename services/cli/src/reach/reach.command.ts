import { Command, Option } from 'commander';
import { ansibleInventory } from './ansible-inventory.js';
import { apiSettings, type ApiOptions } from './api-settings.js';
import { toEntries, type Entries } from './entries.js';
import { gatewayBeside, readGatewayAddress, type GatewayAddress } from './gateway-address.js';
import { readReach } from './own-assets.js';
import { sshConfigBlocks } from './ssh-config.js';

type Print = (line: string) => void;

interface ReachOptions extends ApiOptions {
  readonly gateway?: GatewayAddress;
}

/** Creates the command `sallyport ssh-config`. */
export const sshConfigCommand = (print: Print, complain: Print): Command =>
  reachCommand('ssh-config', 'print an ssh_config with each account that you may reach', complain, ({ entries }, gateway) => {
    print(
      '# Made by "sallyport ssh-config". Save it, for instance as ~/.ssh/sallyport, and put "Include sallyport" on top of ~/.ssh/config.\n',
    );
    for (const block of sshConfigBlocks(entries, gateway)) print(block);
  });

/** Creates the command `sallyport ansible-inventory`. */
export const ansibleInventoryCommand = (print: Print, complain: Print): Command =>
  reachCommand(
    'ansible-inventory',
    'print an inventory for Ansible with each account that you may reach',
    complain,
    ({ entries }, gateway) => {
      for (const line of ansibleInventory(entries, gateway).split('\n')) print(line);
    },
  );

function reachCommand(
  name: string,
  description: string,
  complain: Print,
  show: (found: Entries, gateway: GatewayAddress) => void,
): Command {
  return new Command(name)
    .description(`${description}. Sign in by SALLYPORT_TOKEN, or SALLYPORT_USER and SALLYPORT_PASSWORD (or …_FILE).`)
    .option('--url <url>', 'the REST API (or SALLYPORT_URL)')
    .option('--user <name>', 'user to sign in as (or SALLYPORT_USER)')
    .option('--password-file <file>', 'file with its password (or SALLYPORT_PASSWORD, SALLYPORT_PASSWORD_FILE)')
    .option('--token-file <file>', 'file with a bearer token, in place of user and password (or SALLYPORT_TOKEN, SALLYPORT_TOKEN_FILE)')
    .addOption(
      new Option('--gateway <host:port>', 'where users connect to; by default port 2222 of the host of the API').argParser(
        readGatewayAddress,
      ),
    )
    .action(async (options: ReachOptions) => {
      const settings = apiSettings(options, process.env);
      const reach = await readReach(settings);
      const found = toEntries(reach);
      if (reach.assets.length === 0) complain(`sallyport: ${reach.username} may reach no asset now`);
      for (const account of found.leftOut) complain(`sallyport: left out, as no client can name it: ${account}`);
      show(found, options.gateway ?? gatewayBeside(settings.url));
    });
}
