import { join } from 'node:path';
import { configWord } from '../ssh-config/config-word.js';
import type { SshdOptions } from './sshd-options.js';

/** Settings and paths that a configuration is made from. */
export interface SshdConfigInput {
  readonly port: number;
  readonly place: string;
  readonly options: SshdOptions;
  readonly hostKeyFiles: readonly string[];
}

/** Returns the text of sshd_config. PAM is off: it would need the machine's own set-up and a service name. */
export function sshdConfig({ port, place, options, hostKeyFiles }: SshdConfigInput): string {
  const allowPasswords = options.allowPasswords === true ? 'yes' : 'no';
  const lines = [
    ...(options.configLines ?? []),
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    ...hostKeyFiles.map((file) => `HostKey ${configWord(file)}`),
    `PidFile ${configWord(join(place, 'sshd.pid'))}`,
    `AuthorizedKeysFile ${configWord(join(place.replaceAll('%', '%%'), 'keys', '%u'))}`,
    `AllowUsers ${options.users.join(' ')}`,
    'StrictModes no',
    'UsePAM no',
    'UseDNS no',
    'PrintMotd no',
    'PrintLastLog no',
    'PubkeyAuthentication yes',
    `PasswordAuthentication ${allowPasswords}`,
    `KbdInteractiveAuthentication no`,
    // Many connections at once come from one address here: ours.
    'MaxStartups 100:30:200',
    'MaxSessions 100',
    'AcceptEnv LANG LC_*',
    'Subsystem sftp internal-sftp',
  ];
  return `${lines.join('\n')}\n`;
}
