/** What the matrix asks of a client program. */
import type { UserKey } from '../keys/user-key.ts';
import type { Run } from '../run-program.ts';

/** How to log in. `password` also answers the questions of keyboard-interactive. */
export type ClientLogin =
  | { readonly kind: 'password' | 'interactive'; readonly password: string }
  | { readonly kind: 'key'; readonly key: UserKey }
  | { readonly kind: 'agent'; readonly socket: string };

export type LoginKind = ClientLogin['kind'] | 'certificate';

/** Where to go and as whom. */
export interface Destination {
  readonly port: number;
  readonly user: string;
  /** SHA256 fingerprint of the one host key the server may show, for clients that must be told. */
  readonly hostKey: string;
  readonly login: ClientLogin;
}

/** A client. What it cannot do is absent. */
export interface Client {
  readonly name: string;
  readonly logins: readonly LoginKind[];
  /** Public key algorithms of users that it does not know. */
  readonly lacks?: readonly string[];
  version(): Promise<string>;
  /** Runs a command, its input taken from a file. */
  exec?(to: Destination, command: string, inputFile?: string): Promise<Run>;
  /** Uploads `local` to `remote` and downloads that to `back`. */
  sftp?(to: Destination, local: string, remote: string, back: string): Promise<Run>;
  stop?(): void;
}
