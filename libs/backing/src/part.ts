/** How a process ended. */
export interface PartExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A real part (a database, a server, …) running as a child process of ours, on loopback. */
export interface RunningPart {
  readonly name: string;
  readonly pid: number;
  readonly port: number;
  readonly url: string;
  readonly logFile: string;
  /** Resolves when the process is gone, for whatever reason. Never rejects. */
  readonly exited: Promise<PartExit>;
  /** Sends the part's stop signal, then SIGKILL when it has not left within its deadline. Safe to call twice. */
  stop(): Promise<void>;
}

/** Told one line at a time what is going on: downloads and waits take long enough to need it. */
export type Report = (line: string) => void;

/** What every part can be told. */
export interface PartOptions {
  /** Folder of this part alone: its configuration, data and log. Made when it is not there. */
  readonly directory: string;
  /** TCP port on 127.0.0.1; a free one below 32768 when not given. */
  readonly port?: number;
  /** Said when `port` is taken, e.g. "choose another with --ssh-port N". */
  readonly portHint?: string;
  readonly report?: Report;
}
