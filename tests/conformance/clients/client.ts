/** The interface of a client program in the matrix. */
import type { UserKey } from '../keys/user-key.ts';
import type { Run } from '../run-program.ts';

/** The credentials of a login. `password` also answers the prompts of keyboard-interactive. */
export type ClientLogin =
  | { readonly kind: 'password' | 'interactive'; readonly password: string }
  | { readonly kind: 'key'; readonly key: UserKey }
  | { readonly kind: 'agent'; readonly socket: string };

export type LoginKind = ClientLogin['kind'] | 'certificate';

/** The address and the user of a login. */
export interface Destination {
  readonly port: number;
  readonly user: string;
  /** SHA256 fingerprint of the server's only host key, for clients that need it in advance. */
  readonly hostKey: string;
  readonly login: ClientLogin;
}

/** A client. Methods that it does not support are absent. */
export interface Client {
  readonly name: string;
  readonly logins: readonly LoginKind[];
  /** Public key algorithms of users that it does not support. */
  readonly lacks?: readonly string[];
  version(): Promise<string>;
  /** Runs a command, with its input from a file. */
  exec?(to: Destination, command: string, inputFile?: string): Promise<Run>;
  /** Uploads `local` to `remote` and downloads that to `back`. */
  sftp?(to: Destination, local: string, remote: string, back: string): Promise<Run>;
  stop?(): void;
}
