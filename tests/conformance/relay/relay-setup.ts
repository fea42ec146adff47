/** An asset with OpenSSH's sshd, a key for it, and OpenSSH's client with both connections to it: direct, and through the relay. */
import { spawn, type ChildProcess } from 'node:child_process';
import { anSshd, type TestSshd } from '@sallyport/testkit';
import { runProgram, type Run, type RunOptions } from '../run-program.ts';
import { startRelay, type RelayServer, type RelayServerOptions } from './start-relay.ts';

export type Way = 'direct' | 'relay';

/** See the head of this file. */
export class RelaySetup {
  private constructor(
    readonly sshd: TestSshd,
    readonly relay: RelayServer,
  ) {}

  static async create(options: Omit<RelayServerOptions, 'asset'> = {}): Promise<RelaySetup> {
    const sshd = await anSshd({
      logins: [{ shell: '/bin/sh' }],
      configLines: ['MaxSessions 50', 'MaxStartups 100:30:200', 'AllowAgentForwarding yes', 'X11Forwarding yes', 'AcceptEnv LC_*'],
    });
    return new RelaySetup(sshd, await startRelay({ ...options, asset: assetOf(sshd) }));
  }

  get asset(): RelayServerOptions['asset'] {
    return assetOf(this.sshd);
  }

  get home(): string {
    return this.sshd.logins[0].home;
  }

  /** Returns the options of ssh for a login by this way. */
  options(way: Way, { port = way === 'direct' ? this.sshd.port : this.relay.port, knownHosts = '/dev/null' } = {}): string[] {
    const { username, privateKeyFile } = this.sshd.logins[0];
    return [
      '-F',
      'none',
      '-o',
      `Port=${port}`,
      '-o',
      `User=${username}`,
      '-o',
      `IdentityFile=${privateKeyFile}`,
      '-o',
      'IdentitiesOnly=yes',
      '-o',
      'StrictHostKeyChecking=no',
      '-o',
      `UserKnownHostsFile=${knownHosts}`,
      '-o',
      'LogLevel=ERROR',
      '-o',
      'BatchMode=yes',
    ];
  }

  /** Runs ssh until it exits. */
  ssh(way: Way, args: readonly string[], options: RunOptions = {}): Promise<Run> {
    return runProgram('ssh', [...this.options(way), ...args], options);
  }

  /** Starts ssh through the relay. */
  start(args: readonly string[]): ChildProcess {
    return spawn('ssh', [...this.options('relay'), ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
  }

  async close(): Promise<void> {
    await this.relay.close();
    await this.sshd.remove();
  }
}

/** The host name of every asset in these tests. */
export const HOST = '127.0.0.1';

const assetOf = ({ port, logins: [{ username, privateKey }] }: TestSshd): RelayServerOptions['asset'] => ({
  port,
  user: username,
  privateKey,
});
