/** Settings of the built-in server. */
export interface DemoSettings {
  readonly port: number;
  readonly user: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
  readonly hostKeyFile: string;
  /** The only key that may log in, as in authorized_keys. */
  readonly authorizedKey: string;
}

/** Reads the DEMO_* variables that the launcher sets; all are required. */
export function demoSettings(): DemoSettings {
  return {
    port: Number(need('DEMO_PORT')),
    user: need('DEMO_USER'),
    uid: Number(need('DEMO_UID')),
    gid: Number(need('DEMO_GID')),
    home: need('DEMO_HOME'),
    hostKeyFile: need('DEMO_HOST_KEY_FILE'),
    authorizedKey: need('DEMO_AUTHORIZED_KEY'),
  };
}

function need(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`${name} is not set: the launcher starts this program`);
  return value;
}
