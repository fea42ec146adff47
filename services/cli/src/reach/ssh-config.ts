import type { Entry } from './entries.js';
import type { GatewayAddress } from './gateway-address.js';

/** Returns a value as ssh_config reads it. A backslash is read as itself but in front of a quote, a space or another one. */
export function configValue(value: string): string {
  if (!/[\s"'#]|\\[\\'" ]|\\$/.test(value)) return value;
  return `"${value.replaceAll(/[\\"]/g, '\\$&')}"`;
}

/** Returns the blocks of ssh_config, one for each entry. */
export const sshConfigBlocks = (entries: readonly Entry[], { host, port }: GatewayAddress): string[] =>
  entries.map(({ aliases, login, title }) =>
    [
      `# ${title.replaceAll(/\s+/g, ' ')}`,
      `Host ${aliases.join(' ')}`,
      `  HostName ${host}`,
      `  Port ${port}`,
      `  User ${configValue(login)}`,
      '',
    ].join('\n'),
  );
