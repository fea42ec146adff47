import type { Entry } from './entries.js';
import type { GatewayAddress } from './gateway-address.js';
import { configValue } from './ssh-config.js';

/**
 * Returns an inventory for Ansible's plugin "yaml", as JSON. The login name is an option of ssh and not `ansible_user`: from that Ansible makes
 * "~login-name", and no asset has such a home.
 */
export function ansibleInventory(entries: readonly Entry[], { host, port }: GatewayAddress): string {
  const hosts = Object.fromEntries(
    entries.map(({ aliases: [alias], login }) => [
      alias,
      { ansible_host: host, ansible_port: port, ansible_ssh_common_args: `-o ${word(`User=${configValue(login)}`)}` },
    ]),
  );
  return JSON.stringify({ all: { hosts } }, undefined, 2);
}

/** Returns a text as one word for Ansible, which splits arguments as a shell does. */
const word = (text: string): string => (/^[A-Za-z0-9@._:/+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`);
