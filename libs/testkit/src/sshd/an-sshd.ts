import { isRoot, startSshd, type Sshd } from '@sallyport/backing';
import { workFolder } from '../place/work-folder.js';
import { makeLogin, removeLogin, type LoginWish, type TestLogin } from './test-login.js';

/** A real OpenSSH server with logins of its own. */
export interface TestSshd extends Sshd {
  readonly host: string;
  readonly logins: readonly [TestLogin, ...TestLogin[]];
  /** Starts it again on the same port with the same host keys and logins, after `stop` or a kill. */
  restart(): Promise<TestSshd>;
  /** Stops it and removes its data and the users that were made for it. */
  remove(): Promise<void>;
}

/** What a test may ask for. */
export interface TestSshdWishes {
  /** One login with a key and, as root, a password when nothing is asked for. Not as root: one only, the user of this process. */
  readonly logins?: readonly LoginWish[];
  /** Lines put first in sshd_config; the first value of a keyword wins. */
  readonly configLines?: readonly string[];
  readonly port?: number;
}

/** Starts sshd for one test file. As root each login is a user made for it; else it is the user we are, by key only. */
export async function anSshd(wishes: TestSshdWishes = {}): Promise<TestSshd> {
  const folder = await workFolder('sshd');
  const [first, ...others] = wishes.logins ?? [{}];
  const logins: [TestLogin, ...TestLogin[]] = [await makeLogin(folder.path, first ?? {})];
  for (const wish of others) logins.push(await makeLogin(folder.path, wish));
  const start = async (port = wishes.port): Promise<TestSshd> => {
    const sshd = await startSshd({
      directory: `${folder.path}/server`,
      users: logins.map((login) => login.username),
      allowPasswords: isRoot(),
      configLines: wishes.configLines ?? [],
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
