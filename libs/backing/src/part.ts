/** The exit code or the signal that a process ended with. */
export interface PartExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A backing service (a database, a server, …) that runs as a child process of ours, on loopback. */
export interface RunningPart {
  readonly name: string;
  readonly pid: number;
  readonly port: number;
  readonly url: string;
  readonly logFile: string;
  /** Resolves when the process has ended, for any reason. Never rejects. */
  readonly exited: Promise<PartExit>;
  /** Sends the part's stop signal, then SIGKILL if it has not ended within its deadline. Safe to call twice. */
  stop(): Promise<void>;
}

/** Receives one line at a time about progress: downloads and waits take long enough to need it. */
export type Report = (line: string) => void;

/** Settings that every part has. */
export interface PartOptions {
  /** Folder of this part alone: its configuration, data and log. Created if it is missing. */
  readonly directory: string;
  /** TCP port on 127.0.0.1; a free one below 32768 by default. */
  readonly port?: number;
  /** Remedy in the error if `port` is taken, e.g. "choose another with --ssh-port N". */
  readonly portHint?: string;
  readonly report?: Report;
}
