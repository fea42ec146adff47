import { freePort, runCommand, startPostgres, waitUntil, type Postgres } from '@sallyport/backing';
import { inDatabase, prepareProductDatabase, withClient } from '@sallyport/database';
import { aNats, makeSshKey, workFolder } from '@sallyport/testkit';
import { spawn } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Part } from './part-costs.ts';

const MAIN = fileURLToPath(new URL('../../services/core/dist/main.js', import.meta.url));

/** Core with a PostgreSQL and a NATS of its own, a user with a key, and an asset that the user may connect to. */
export interface LoadedCore {
  readonly parts: readonly Part[];
  readonly address: string;
  /** Certificate of a gateway. */
  readonly gateway: Awaited<ReturnType<typeof aNats>>['mesh']['gateway'];
  /** The superuser's URL of core's database. */
  readonly database: string;
  readonly user: { readonly name: string; readonly keyBlob: Buffer };
  stop(): Promise<void>;
}

/** Starts the built core, with all that it needs, on durable storage. `nodeOptions` go to its process, e.g. `--cpu-prof`. */
export async function startCoreAlone(nodeOptions: readonly string[] = []): Promise<LoadedCore> {
  const folder = await workFolder('core-path');
  const nats = await aNats();
  const postgres = await startCountingPostgres(join(folder.path, 'postgres'));
  const passwords = { core: 'owner', coreService: 'service', indexer: 'indexer', indexerService: 'indexer-service' };
  const urls = await prepareProductDatabase(postgres.url, 'sallyport', passwords);
  const key = await makeSshKey('ed25519', 'load');
  const [rpcPort, signingKey, seed] = [await freePort(), join(folder.path, 'signing.pem'), join(folder.path, 'seed.json')];
  await writeFile(signingKey, generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }));
  await writeFile(seed, JSON.stringify(seedOf(key.publicKey)));
  const { core: identity, gateway } = nats.mesh;
  const env = {
    PATH: process.env['PATH'] ?? '',
    CORE_MIGRATION_DATABASE_URL: urls.coreUrl,
    CORE_DATABASE_URL: urls.coreServiceUrl,
    CORE_SEALING_KEYS: JSON.stringify({ active: 'k1', keys: { k1: randomBytes(32).toString('base64') } }),
    CORE_AUDIT_SIGNING_KEY_FILE: signingKey,
    CORE_ADMIN_PASSWORD_FILE: join(folder.path, 'admin-password'),
    CORE_HTTP_PORT: String(await freePort()),
    CORE_RPC_PORT: String(rpcPort),
    CORE_HEALTH_PORT: String(await freePort()),
    NATS_URL: nats.url,
    RPC_CA_FILE: identity.caFile,
    RPC_CERT_FILE: identity.certFile,
    RPC_KEY_FILE: identity.keyFile,
    LOG_LEVEL: 'error', // No recorder takes the anchors of the audit chain, which is a warning.
  };
  for (const command of [['migrate'], ['seed', seed]]) await runCommand(process.execPath, [MAIN, ...command], { env });
  const core = spawn(process.execPath, [...nodeOptions, MAIN], { env, cwd: process.cwd(), stdio: ['ignore', 'inherit', 'inherit'] });
  const isReady = () =>
    fetch(`http://127.0.0.1:${env.CORE_HEALTH_PORT}/readyz`).then(
      (answer) => answer.ok,
      () => false,
    );
  if (!(await waitUntil(isReady, 60_000))) throw new Error('core did not become ready');
  return {
    parts: [
      { name: 'core', pid: core.pid ?? 0 },
      { name: 'postgres', pid: postgres.pid },
      { name: 'nats', pid: nats.pid },
    ],
    address: `127.0.0.1:${rpcPort}`,
    gateway,
    database: inDatabase(postgres.url, 'sallyport'),
    user: { name: 'load', keyBlob: Buffer.from(key.publicKey.split(' ')[1] ?? '', 'base64') },
    stop: async () => {
      const ended = new Promise((resolve) => core.once('exit', resolve));
      core.kill('SIGTERM');
      await ended;
      await Promise.all([postgres.stop(), nats.remove()]);
      await folder.remove();
    },
  };
}

/** Starts PostgreSQL with the extension that counts statements; it counts none until it is asked to. */
async function startCountingPostgres(directory: string): Promise<Postgres> {
  const first = await startPostgres({ directory });
  await withClient(first.url, (client) => client.query(`ALTER SYSTEM SET shared_preload_libraries = 'pg_stat_statements'`));
  await first.stop();
  const postgres = await startPostgres({ directory });
  await withClient(postgres.url, async (client) => {
    await client.query(`ALTER SYSTEM SET "pg_stat_statements.track" = 'none'`);
    await client.query('SELECT pg_reload_conf()');
  });
  return postgres;
}

const seedOf = (publicKey: string): object => ({
  users: [{ username: 'load', ssh_public_keys: [publicKey] }],
  hosts: [{ name: 'target', address: 'target.example' }],
  accounts: [{ host: 'target', username: 'root', password: 'of no use here' }],
  permissions: [{ name: 'load', users: ['load'], assets: ['target'], accounts: ['root'] }],
});
