import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { makeSshKey, runSsh, startProduct, workFolder, type RunFile, type SshTarget } from '@sallyport/testkit';
import { adminOver, type Admin } from './admin.ts';
import { bucketStore, folderStore, type RecordingStore } from './recordings.ts';
import { verifyRecording, type Verdict } from './verify.ts';
import { eventually } from './wait.ts';

/** The whole product, started for one test file. */
export interface Product {
  readonly run: RunFile;
  readonly folder: string;
  /** The data folder of the installation. */
  readonly data: string;
  readonly admin: Admin;
  /** The demo user on the demo asset. */
  readonly demo: SshTarget;
  /** Registers a new key for a user and returns that user's login at a target. */
  as(user: { readonly id: string; readonly username: string }, target: string): Promise<SshTarget>;
  /** Writes a private key for `ssh`. */
  keyFile(privateKey: string): Promise<string>;
  /** Waits until the recorder has stored that a running session showed this text. */
  recorded(session: string, text: string): Promise<void>;
  /** Runs one connection and returns its session's id, once its recording is closed. */
  sessionOf(connect: () => Promise<unknown>): Promise<string>;
  recordingStore(): Promise<RecordingStore>;
  verifyBundle(bundle: Buffer): Promise<Verdict>;
  /** Sends SIGKILL, or another signal, to a service or backing part. Returns its pid. */
  kill(part: string, signal?: NodeJS.Signals): Promise<number>;
  /** Waits until the launcher has restarted the part and a login works. */
  backAgain(part: string, killed: number): Promise<void>;
  /** Stops the product and removes its data. */
  remove(): Promise<void>;
}

type Extra = 'elasticsearch' | 's3';

interface ProductNeeds {
  readonly parts: readonly Extra[];
  readonly settings?: Readonly<Record<string, string>>;
}

export async function aProduct({ parts, settings = {} }: ProductNeeds): Promise<Product> {
  const folder = await workFolder('e2e');
  const started = await startProduct({ settings, ...(parts.length > 0 && { with: parts }) });
  const run = await started.run();
  const admin = adminOver(await started.asAdmin());
  const gate = { host: run.ssh.host, port: run.ssh.port };
  const keyFile = async (privateKey: string): Promise<string> => {
    const file = path.join(folder.path, `key-${randomUUID()}`);
    await writeFile(file, privateKey, { mode: 0o600 });
    return file;
  };
  const demo = await started.ssh();
  return {
    run,
    folder: folder.path,
    data: started.data,
    admin,
    demo,
    keyFile,
    async as(user, target) {
      const key = await makeSshKey('ed25519', 'e2e');
      await admin.post(`users/users/${user.id}/ssh-keys`, { public_key: key.publicKey });
      return { ...gate, user: `${user.username}@${target}`, privateKeyFile: await keyFile(key.privateKey) };
    },
    async recorded(session, text) {
      await eventually(30_000, async () => ((await admin.replay(session, 'asciicast')).includes(text) ? true : undefined));
    },
    async sessionOf(connect) {
      const since = new Date(Date.now() - 1_000).toISOString();
      const known = new Set((await admin.sessions({ date_from: since })).results.map(({ id }) => id));
      await connect();
      return eventually(20_000, async () => {
        const { results } = await admin.sessions({ date_from: since });
        const mine = results.find(({ id, state }) => !known.has(id) && state === 'finished');
        if (!mine) return undefined;
        await admin.replay(mine.id, 'bundle'); // throws until the recording is closed
        return mine.id;
      });
    },
    recordingStore: async () => {
      const s3 = run.backing.find(({ name }) => name === 's3');
      return s3 ? bucketStore(started.data, s3.url, run.public_key_file) : folderStore(started.data, run.public_key_file);
    },
    async verifyBundle(bundle) {
      const file = path.join(folder.path, `${randomUUID()}.tar`);
      await writeFile(file, bundle);
      return verifyRecording([file, '--public-key', run.public_key_file]);
    },
    async kill(part, signal = 'SIGKILL') {
      const pid = await started.pidOf(part);
      process.kill(pid, signal);
      return pid;
    },
    async backAgain(part, killed) {
      await eventually(60_000, async () => ((await started.pidOf(part)) !== killed ? true : undefined));
      await eventually(60_000, async () => ((await runSsh({ ...demo, command: 'true' })).code === 0 ? true : undefined));
    },
    async remove() {
      await started.stop();
      await folder.remove();
    },
  };
}
