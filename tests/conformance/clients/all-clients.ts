import type { Client } from './client.ts';
import { libssh2 } from './curl.ts';
import { dbclient } from './dropbear.ts';
import { asyncssh, goSsh, libssh, npmSsh2, paramiko } from './libraries.ts';
import { openSsh } from './openssh.ts';
import { plink, pscp, psftp } from './putty.ts';

/** Every client that is tested with the engine's server. */
export const ALL_CLIENTS: readonly Client[] = [openSsh, plink, psftp, pscp, dbclient, paramiko, asyncssh, goSsh, libssh, libssh2, npmSsh2];
