import { isRoot, startSshd, type Sshd } from '@sallyport/backing';
import { workFolder } from '../place/work-folder.js';
import { makeLogin, removeLogin, type LoginOptions, type TestLogin } from './test-login.js';

/** A real OpenSSH server with logins of its own. */
export interface TestSshd extends Sshd {
  readonly host: string;
  readonly logins: readonly [TestLogin, ...TestLogin[]];
  /** Starts it again on the same port with the same host keys and logins, after `stop` or a kill. */
  restart(): Promise<TestSshd>;
  /** Stops it and removes its data and the users that were created for it. */
  remove(): Promise<void>;
}

/** Options of a test's sshd. */
export interface TestSshdOptions {
  /** By default one login with a key and, as root, a password. Not as root: one only, the user of this process. */
  readonly logins?: readonly LoginOptions[];
  /** Lines put first in sshd_config; the first value of a keyword wins. */
  readonly configLines?: readonly string[];
  readonly port?: number;
}

/** Starts sshd for one test file. As root each login is a user created for it; else it is the present user, by key only. */
export async function anSshd(options: TestSshdOptions = {}): Promise<TestSshd> {
  const folder = await workFolder('sshd');
  const [first, ...others] = options.logins ?? [{}];
  const logins: [TestLogin, ...TestLogin[]] = [await makeLogin(folder.path, first ?? {})];
  for (const login of others) logins.push(await makeLogin(folder.path, login));
  const start = async (port = options.port): Promise<TestSshd> => {
    const sshd = await startSshd({
      directory: `${folder.path}/server`,
      users: logins.map((login) => login.username),
      allowPasswords: isRoot(),
      configLines: options.configLines ?? [],
      ...(port === undefined ? {} : { port }),
    });
    for (const login of logins) await sshd.authorize(login.username, [login.publicKey]);
    const remove = async (): Promise<void> => {
      await sshd.stop();
      for (const login of logins) await removeLogin(login);
      await folder.remove();
    };
    return { ...sshd, host: '127.0.0.1', logins, restart: () => start(sshd.port), remove };
  };
  return start();
}
