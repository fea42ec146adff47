import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { commandRecorded, connectBus, type Bus } from '@sallyport/bus';
import { createLogger } from '@sallyport/telemetry';
import {
  aNats,
  aPostgres,
  freePort,
  waitUntil,
  withClient,
  workFolder,
  type TestNats,
  type TestPostgres,
  type WorkFolder,
} from '@sallyport/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aCommand } from './a-command.js';

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const logger = createLogger({ service: 'indexer-test', level: 'silent' });

let folder: WorkFolder;
let nats: TestNats;
let database: TestPostgres;
let recorder: Bus;
let env: Record<string, string>;
const running = new Set<ChildProcess>();

beforeAll(async () => {
  [folder, nats, database] = await Promise.all([workFolder('indexer'), aNats(), aPostgres()]);
  const { indexer } = nats.mesh;
  await writeFile(`${folder.path}/database-url`, `${database.indexerUrl}\n`);
  env = {
    NATS_URL: nats.url,
    RPC_CA_FILE: indexer.caFile,
    RPC_CERT_FILE: indexer.certFile,
    RPC_KEY_FILE: indexer.keyFile,
    INDEXER_RPC_PORT: String(await freePort()),
    INDEXER_HEALTH_PORT: String(await freePort()),
    INDEXER_STORE: 'postgres',
    INDEXER_DATABASE_URL_FILE: `${folder.path}/database-url`,
  };
  recorder = connectBus({ ...nats.as('recorder'), logger });
});

afterAll(async () => {
  running.forEach((child) => child.kill('SIGKILL'));
  await recorder.close();
  await nats.remove();
  await database.drop();
  await folder.remove();
});

function run(
  more: Record<string, string>,
  ...args: string[]
): { child: ChildProcess; ended: Promise<{ code: number | null; text: string }> } {
  const child = spawn(process.execPath, [MAIN, ...args], { env: { PATH: process.env['PATH'] ?? '', ...env, ...more } });
  running.add(child);
  let text = '';
  child.stdout.on('data', (bytes: Buffer) => (text += bytes.toString()));
  child.stderr.on('data', (bytes: Buffer) => (text += bytes.toString()));
  return { child, ended: once(child, 'close').then(([code]) => ({ code: code as number | null, text })) };
}

const isReady = async (): Promise<boolean> => (await fetch(`http://127.0.0.1:${env['INDEXER_HEALTH_PORT']}/readyz`)).ok;

async function serve(): Promise<ReturnType<typeof run>> {
  const started = run({});
  expect(await waitUntil(isReady, 30_000), 'a ready indexer').toBe(true);
  return started;
}

const rows = (): Promise<number> =>
  withClient(
    database.indexerUrl,
    async (client) => (await client.query<{ count: number }>('SELECT count(*)::int AS count FROM command')).rows[0]?.count ?? 0,
  );

describe('the indexer’s process', () => {
  it('reports every wrong setting at once and does not start', async () => {
    const { code, text } = await run({ INDEXER_STORE: 'elasticsearch', INDEXER_RPC_PORT: 'x', INDEXER_STOER: 'y' }).ended;
    expect(code).toBe(1);
    expect(text).toMatch(/INDEXER_RPC_PORT="x"/);
    expect(text).toMatch(/INDEXER_STOER is not a setting/);
    expect((await run({ INDEXER_STORE: 'elasticsearch' }).ended).text).toMatch(/INDEXER_ELASTICSEARCH_URL is missing/);
    expect(await run({}, 'mirgate').ended).toMatchObject({ code: 2, text: expect.stringContaining('main.js migrate') as string });
  });

  it('refuses to serve before a migration, then migrates and serves', async () => {
    const refused = await run({}).ended;
    expect(refused.code).toBe(1);
    expect(refused.text).toMatch(/run "main.js migrate" first/);
    const withoutPeers = { RPC_CA_FILE: '', RPC_CERT_FILE: '', RPC_KEY_FILE: '' };
    expect(await run(withoutPeers, 'migrate').ended).toMatchObject({ code: 0 });
    expect(await run(withoutPeers, 'migrate').ended).toMatchObject({ code: 0 });
    const { child, ended } = await serve();
    child.kill('SIGTERM');
    expect((await ended).code).toBe(0);
  });

  it('has every command once after several kills while they arrived', { timeout: 150_000 }, async () => {
    const ids = new Set<string>();
    const publishAll = async (count: number): Promise<void> => {
      for (let at = 0; at < count; at += 50) {
        const commands = Array.from({ length: 50 }, () => aCommand('org-1', { sessionId: 's-kill' }));
        await Promise.all(commands.map((command) => recorder.publish(commandRecorded, command, { id: command.id })));
        commands.forEach(({ id }) => ids.add(id));
      }
    };
    for (let kills = 1; kills <= 3; kills++) {
      const { child, ended } = await serve();
      const before = await rows();
      const publishing = publishAll(3_000);
      expect(await waitUntil(async () => (await rows()) > before, 30_000), 'the first commands of this round').toBe(true);
      child.kill('SIGKILL');
      expect((await ended).code).toBeNull();
      await publishing;
      expect(await rows(), 'it was killed in the middle').toBeLessThan(ids.size);
    }
    const { child, ended } = await serve();
    // Messages of the killed processes are delivered again after 30 s.
    expect(await waitUntil(async () => (await rows()) >= ids.size, 90_000), 'all commands').toBe(true);
    const stored = await withClient(database.indexerUrl, async (client) =>
      (await client.query<{ id: string }>('SELECT id FROM command')).rows.map(({ id }) => id),
    );
    expect(stored.sort()).toEqual([...ids].sort());
    child.kill('SIGTERM');
    expect((await ended).code).toBe(0);
  });
});
