/**
 * run.json, the launcher's contract with scripts. It is repeated here on purpose: the launcher must keep to it, not the other way round.
 */
export interface RunFile {
  /** Process id of the launcher. The file goes when that process does. */
  readonly pid: number;
  readonly api: string;
  readonly ssh: { readonly host: string; readonly port: number };
  readonly admin: { readonly username: string; readonly password: string };
  readonly demo: { readonly username: string; readonly private_key_file: string; readonly asset: string; readonly account: string };
  /** `health` is the URL of the health port, which also answers `/metrics`. */
  readonly services: readonly { readonly name: string; readonly pid: number; readonly health: string }[];
  readonly backing: readonly { readonly name: string; readonly pid: number; readonly url: string }[];
  readonly public_key_file: string;
}
