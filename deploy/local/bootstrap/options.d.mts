/** Options of `npm start`. */
export interface Options {
  /** Absolute. */
  readonly data: string;
  readonly httpPort: number;
  readonly sshPort: number;
  /** Parts that replace a default one. */
  readonly extras: ReadonlySet<'elasticsearch' | 's3'>;
  /** Undefined: OpenSSH if it is installed. */
  readonly demoAsset: 'openssh' | 'builtin' | undefined;
  /** Milliseconds that installing and building took: `npm start` itself sends them. */
  readonly elapsedMs: number;
  /** Settings of services, by name of the environment variable. */
  readonly settings: Readonly<Record<string, string>>;
}

export const USAGE: string;

/** Problem of the command line; its message is for the user. */
export class OptionProblem extends Error {}

/** Reads the command line. Returns "help" if that was requested. Throws OptionProblem. */
export function readOptions(args: readonly string[]): Options | 'help';
