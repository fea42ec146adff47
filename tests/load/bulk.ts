import { timeClient, startSsh, type LoadClient } from './client.ts';
import type { Measure, PathName } from './rounds.ts';

const MIB = 1024 * 1024;

/** MiB a second of a stream from the server and one to it. */
export const measureStream = (client: LoadClient, mib: number): Measure => async (path) => {
  const down = await timeClient(client, 'ssh', ['-F', client.configFiles[path], 'target', `head -c ${mib}M /dev/zero`]);
  const up = await upload(client, path, mib);
  return { down: mib / (down / 1000), up: mib / (up / 1000) };
};

/** MiB a second of scp from the server and to it (its SFTP mode, OpenSSH 9). */
export const measureScp = (client: LoadClient, remoteFile: string, localFile: string, mib: number): Measure => async (path) => {
  const scp = (from: string, to: string) => timeClient(client, 'scp', ['-q', '-F', client.configFiles[path], from, to]);
  const get = await scp(`target:${remoteFile}`, '/dev/null');
  const put = await scp(localFile, `target:${remoteFile}.put`);
  return { get: mib / (get / 1000), put: mib / (put / 1000) };
};

async function upload(client: LoadClient, path: PathName, mib: number): Promise<number> {
  const begin = performance.now();
  const child = startSsh(client, path, ['target', 'cat > /dev/null']);
  child.stdout.resume();
  child.stderr.resume();
  const block = Buffer.alloc(MIB);
  for (let sent = 0; sent < mib; sent++) if (!child.stdin.write(block)) await new Promise((resolve) => child.stdin.once('drain', resolve));
  child.stdin.end();
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  if (code !== 0) throw new Error(`upload on ${path} ended with ${code}`);
  return performance.now() - begin;
}
