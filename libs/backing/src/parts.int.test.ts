import { randomBytes } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { buffer } from 'node:stream/consumers';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isRoot } from './config.js';
import { startNats } from './nats/start-nats.js';
import { freePort } from './network/free-port.js';
import type { PartOptions, RunningPart } from './part.js';
import { withClient } from '@sallyport/database';
import { startPostgres } from './postgres/start-postgres.js';
import { startSeaweed } from './seaweed/start-seaweed.js';
import { ensureBucket, s3Client } from './seaweed/s3-endpoint.js';
import { startSshd } from './sshd/start-sshd.js';
import { currentUser } from './place/system-user.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), `backing it's "100%" \\ #数据 $HOME `));
  await chmod(folder, 0o755);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const KEYS = { accessKey: 'backing-test', secretKey: randomBytes(12).toString('hex') };
const PARTS: Record<string, (options: PartOptions) => Promise<RunningPart>> = {
  PostgreSQL: (options) => startPostgres(options),
  NATS: (options) => startNats(options),
  'the S3 server': (options) => startSeaweed({ ...options, ...KEYS }),
  sshd: async (options) => startSshd({ ...options, users: [(await currentUser()).name] }),
};

describe.each(Object.entries(PARTS))('%s', (name, start) => {
  test('starts, stops and starts again on the same port', async () => {
    const directory = join(folder, name.replaceAll(' ', '-'));
    const first = await start({ directory });
    expect(first.port).toBeLessThan(32_768);
    await first.stop();
    const second = await start({ directory, port: first.port });
    expect(second.port).toBe(first.port);
    await second.stop();
    await second.stop(); // twice does no harm
  });

  test('names the port that is taken and the remedy', async () => {
    const port = await freePort();
    const other = await listen(port);
    const message = `Port ${port}, wanted for ${name}, is taken by another program: stop that program or choose another with --some-port N`;
    await expect(start({ directory: join(folder, 'taken'), port, portHint: 'choose another with --some-port N' })).rejects.toThrow(message);
    other.close();
  });
});

test('PostgreSQL keeps its rows when it was killed, and its password is not on its command line', async () => {
  const directory = join(folder, 'kept');
  const first = await startPostgres({ directory });
  expect(await readFile(`/proc/${first.pid}/cmdline`, 'utf8')).not.toContain(new URL(first.url).password);
  await withClient(first.url, (client) => client.query('create table kept as select 42 as answer'));
  process.kill(first.pid, 'SIGKILL');
  await first.exited;
  const again = await untilStarted(() => startPostgres({ directory, port: first.port }));
  expect(again.url).toBe(first.url);
  const rows = await withClient(again.url, async (client) => (await client.query('select * from kept')).rows);
  await again.stop();
  expect(rows).toEqual([{ answer: 42 }]);
});

test('S3 keeps what it acknowledged when it was killed right after', async () => {
  const directory = join(folder, 's3-kept');
  const first = await startSeaweed({ directory, ...KEYS });
  await ensureBucket(first.s3, 'kept-bucket');
  const body = randomBytes(200_000);
  await s3Client(first.s3).putObject('kept-bucket', 'thing', body);
  process.kill(first.pid, 'SIGKILL');
  await first.exited;
  const second = await startSeaweed({ directory, ...KEYS, port: first.port });
  const read = await buffer(await s3Client(second.s3).getObject('kept-bucket', 'thing'));
  await second.stop();
  expect(read.equals(body)).toBe(true);
});

test.runIf(isRoot())('data of PostgreSQL go elsewhere if its user cannot reach the chosen folder', async () => {
  const secret = join(folder, 'private-home');
  await mkdir(secret, { mode: 0o700 });
  const start = async (): Promise<string> => {
    const postgres = await startPostgres({ directory: join(secret, 'postgres') });
    await postgres.stop();
    return dirname(postgres.logFile);
  };
  const places = [await start(), await start()];
  await rm(join(secret, 'postgres'), { recursive: true });
  places.push(await start());
  expect(places[0]).toMatch(/^\/var\/lib\/sallyport\/postgres-[0-9a-f]{12}$/);
  expect(places[1]).toBe(places[0]);
  expect(places[2]).not.toBe(places[0]); // a removed data folder means a fresh start
  expect((await stat(secret)).mode & 0o777).toBe(0o700); // it did not accept another user instead
  for (const place of places) await rm(place, { recursive: true, force: true });
});

function listen(port: number): Promise<Server> {
  const server = createServer();
  return new Promise((resolve) => server.listen(port, '127.0.0.1', () => resolve(server)));
}

/** Retries a start: after a kill, PostgreSQL's children need a moment to notice and to release the shared memory. */
async function untilStarted<T>(start: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await start();
    } catch (error) {
      if (tries === 10) throw error;
    }
  }
}
