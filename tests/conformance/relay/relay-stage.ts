/** A real asset, a key for it, and OpenSSH's client on both ways to it: straight and through the relay. */
import { spawn, type ChildProcess } from 'node:child_process';
import { anSshd, type TestSshd } from '@sallyport/testkit';
import { runProgram, type Run, type RunOptions } from '../run-program.ts';
import { startRelay, type RelayServer, type RelayServerOptions } from './start-relay.ts';

export type Way = 'direct' | 'relay';

/** See the head of this file. */
export class RelayStage {
  private constructor(
    readonly sshd: TestSshd,
    readonly relay: RelayServer,
  ) {}

  static async set(options: Omit<RelayServerOptions, 'asset'> = {}): Promise<RelayStage> {
    const sshd = await anSshd({
      logins: [{ shell: '/bin/sh' }],
      configLines: ['MaxSessions 50', 'MaxStartups 100:30:200', 'AllowAgentForwarding yes', 'X11Forwarding yes', 'AcceptEnv LC_*'],
    });
    return new RelayStage(sshd, await startRelay({ ...options, asset: assetOf(sshd) }));
  }

  get asset(): RelayServerOptions['asset'] {
    return assetOf(this.sshd);
  }

  get home(): string {
    return this.sshd.logins[0].home;
  }

  /** Options of ssh for a login on this way. */
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

  /** Runs ssh to its end. */
  ssh(way: Way, words: readonly string[], options: RunOptions = {}): Promise<Run> {
    return runProgram('ssh', [...this.options(way), ...words], options);
  }

  /** Starts ssh through the relay. */
  start(words: readonly string[]): ChildProcess {
    return spawn('ssh', [...this.options('relay'), ...words], { stdio: ['pipe', 'pipe', 'pipe'] });
  }

  async clear(): Promise<void> {
    await this.relay.close();
    await this.sshd.remove();
  }
}

/** What OpenSSH calls every asset here. */
export const HOST = '127.0.0.1';

const assetOf = ({ port, logins: [{ username, privateKey }] }: TestSshd): RelayServerOptions['asset'] => ({
  port,
  user: username,
  privateKey,
});
