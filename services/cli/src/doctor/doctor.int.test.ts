import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Environment, SERVICES, type ServiceName } from '@sallyport/config';
import {
  aNats,
  freePort,
  makeMeshCertificates,
  makeSshKey,
  startProduct,
  withClient,
  workFolder,
  type Product,
  type TestNats,
  type WorkFolder,
} from '@sallyport/testkit';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { askJetStream, serveHttp, serveJson, serveReadOnlyS3, type Planted } from '../../test/planted.js';
import { sallyport } from '../../test/run-cli.js';
import { allChecks } from './checks/index.js';
import { parseEnvFile } from './env-files.js';
import { describeInstallation } from './installation.js';
import { TEMPLATE } from './release.js';
import { runChecks } from './run-checks.js';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

let product: Product;
let nats: TestNats;
let folder: WorkFolder;
let superuserUrl: string;
const planted: Planted[] = [];

beforeAll(async () => {
  folder = await workFolder('doctor');
  [product, nats] = await Promise.all([startProduct({ with: ['s3'], demoAsset: 'builtin' }), aNats()]);
  const { backing } = await product.run();
  superuserUrl = backing.find(({ name }) => name === 'postgres')!.url.replace(/\/[^/]*$/, '/sallyport');
});
afterAll(async () => {
  for (const each of planted) each.close();
  await Promise.all([product.stop(), nats.remove()]);
  await folder.remove();
});

const plant = async (starting: Promise<Planted>): Promise<Planted> => {
  const server = await starting;
  planted.push(server);
  return server;
};

type Changes = Partial<Record<ServiceName | 'nats-operator', Environment>>;

/** Returns the variables of the running installation, with some of them changed. */
function variables(changes: Changes): Record<string, Environment> {
  const names = [...SERVICES, 'nats-operator'] as const;
  const hostKeys = ['ed25519', 'ecdsa', 'rsa'].map((type) => join(product.data, 'secrets', `host-${type}`)).join(',');
  return Object.fromEntries(
    names.map((name) => {
      const env = parseEnvFile(readFileSync(join(product.data, 'env', `${name}.env`), 'utf8'));
      return [name, { ...env, ...(name === 'gateway' && { GATEWAY_HOST_KEY_FILE: hostKeys }), ...changes[name] }];
    }),
  );
}

/** Returns what the checks of a group find wrong, as one text each. */
async function examine(group: string, changes: Changes = {}, health: Partial<Record<ServiceName, string>> = {}): Promise<string[]> {
  const checks = allChecks.filter((check) => check.group === group);
  const results = await runChecks(checks, describeInstallation(variables(changes), { gateways: [], health }));
  const wrong = results.flatMap(({ findings }) => findings.filter(({ level }) => level !== 'ok'));
  return wrong.map(({ level, what, fix }) => `${level}: ${what} | ${fix ?? ''}`);
}

describe('sallyport doctor on a sound installation', () => {
  it('finds no fault and exits with 0, and prints no secret', async () => {
    const { code, out, err } = await sallyport(['doctor', '--env', join(product.data, 'env')]);
    expect({ code, err, faults: out.match(/.*(FAULT|warn ).*/g) }).toEqual({ code: 0, err: '', faults: null });
    expect(out).toMatch(/\n\d+ ok, 0 warnings, 0 faults\n$/);
    const secrets = ['core-service-database-url', 's3-secret-key', 'database-service.json'].map((name) =>
      readFileSync(join(product.data, 'secrets', name), 'utf8').trim(),
    );
    for (const secret of secrets) expect(out).not.toContain(secret);
  });

  it('prints JSON', async () => {
    const { code, out } = await sallyport(['doctor', '--json', '--env', join(product.data, 'env')]);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ fault: 0, findings: expect.arrayContaining([expect.objectContaining({ level: 'ok' })]) });
  });

  it('can’t run without settings: exits with 2', async () => {
    expect(await sallyport(['doctor', '--env', join(folder.path, 'none')])).toMatchObject({
      code: 2,
      err: expect.stringContaining('ENOENT'),
    });
  });
});

describe('sallyport doctor finds', () => {
  it('misspelled and wrong settings, as the service itself reports them', async () => {
    const found = await examine('Settings', {
      gateway: { GATEWAY_MAX_SESIONS: '5' },
      worker: { WORKER_CONCURRENCY: 'many', NATS_ULR: 'nats://x' },
      recorder: { RECORDER_S3_BUCKET: '' },
    });
    expect(found).toEqual([
      expect.stringMatching(/^fault: gateway\.env: GATEWAY_MAX_SESIONS is not a setting of this service: check its spelling \| Correct it/),
      expect.stringMatching(/^fault: recorder\.env: RECORDER_S3_BUCKET is missing/),
      expect.stringMatching(/^fault: worker\.env: WORKER_CONCURRENCY="many": /),
      expect.stringMatching(/^warning: worker\.env: nothing reads NATS_ULR/),
    ]);
  });

  it('an expired and a foreign certificate, one that ends soon, another service’s, and a key that does not fit', async () => {
    const YEAR_MS = 365.25 * 86_400_000;
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() - 11 * YEAR_MS });
    const old = await makeMeshCertificates(join(folder.path, 'old'), ['indexer']);
    vi.setSystemTime(Date.now() + 11 * YEAR_MS - 10 * YEAR_MS + 9 * 86_400_000);
    const ending = await makeMeshCertificates(join(folder.path, 'ending'), ['core']);
    vi.useRealTimers();
    const of = (name: string, kind: string): string => join(product.data, 'secrets/mesh', `${name}.${kind}`);
    const found = await examine('Certificates', {
      core: { RPC_CERT_FILE: ending.core.certFile, RPC_KEY_FILE: ending.core.keyFile },
      gateway: { RPC_CERT_FILE: of('worker', 'crt'), RPC_KEY_FILE: of('worker', 'key') },
      recorder: { RPC_KEY_FILE: of('core', 'key') },
      indexer: { RPC_CERT_FILE: old.indexer.certFile, RPC_KEY_FILE: old.indexer.keyFile },
      worker: { RPC_KEY_FILE: join(folder.path, 'none') },
    });
    expect(found).toEqual([
      expect.stringMatching(/^warning: core: .*expires in \d+ days/),
      expect.stringMatching(/^fault: core: .*is not signed by the authority of core, gateway/),
      expect.stringMatching(/^fault: gateway: .*is not for gateway \(it has DNS:worker/),
      expect.stringMatching(/^fault: recorder: the key .* does not belong to the certificate/),
      expect.stringMatching(/^fault: indexer: .*has expired on/),
      expect.stringMatching(/^fault: indexer: .*is not signed by the authority of/),
      expect.stringMatching(/^fault: worker: a file of its certificate can't be read: ".*none" \(ENOENT\)/),
    ]);
  });

  it('clocks that differ', async () => {
    const late = await plant(serveHttp((_, response) => response.setHeader('date', new Date(Date.now() - 3_600_000).toUTCString()).end()));
    const early = await plant(serveHttp((_, response) => response.setHeader('date', new Date(Date.now() + 10_000).toUTCString()).end()));
    expect(await examine('Clocks', { recorder: { RECORDER_S3_ENDPOINT: late.url } }, { core: early.url })).toEqual([
      expect.stringMatching(/^warning: its clock is (9|10) s ahead of this machine's \| Set the clocks/),
      expect.stringMatching(/^fault: its clock is (3599|3600) s behind this machine's \| Set the clocks/),
    ]);
  });

  it('a schema behind this release, and a service that logs in as the owner', async () => {
    const newest = `DELETE FROM core.migration WHERE id = (SELECT max(id) FROM core.migration) RETURNING *`;
    const [row] = await withClient(superuserUrl, async (client) => (await client.query(newest)).rows as Record<string, unknown>[]);
    const found = await examine('PostgreSQL', {
      indexer: { INDEXER_DATABASE_URL_FILE: join(product.data, 'secrets/indexer-database-url') },
    });
    const put = 'INSERT INTO core.migration (id, timestamp, name) VALUES ($1, $2, $3)';
    await withClient(superuserUrl, (client) => client.query(put, [row!['id'], row!['timestamp'], row!['name']]));
    expect(found).toEqual([
      expect.stringMatching(/^fault: the schema core is behind this release: \w+ is missing \| Run "migrate" of core/),
      expect.stringMatching(/^fault: "indexer" owns the tables of its service/),
    ]);
  });

  it('a lock that the service waits for', async () => {
    const found = await withClient(superuserUrl, async (client) => {
      await client.query('BEGIN');
      await client.query('LOCK TABLE core.outbox IN ACCESS EXCLUSIVE MODE');
      return vi.waitFor(
        async () => {
          const faults = await examine('PostgreSQL');
          expect(faults).not.toEqual([]);
          return faults;
        },
        { timeout: 20_000, interval: 500 },
      );
    });
    expect(found[0]).toMatch(/^fault: \d+ statements? waits? since \d+ s for a lock that process \d+ holds \| .*pg_terminate_backend/);
  });

  it('a missing stream and a missing consumer, and a server that knows other certificates', async () => {
    await askJetStream(nats.url, nats.mesh['nats-operator'], '$JS.API.STREAM.DELETE.SALLYPORT_DEAD');
    await askJetStream(nats.url, nats.mesh['nats-operator'], '$JS.API.CONSUMER.DELETE.SALLYPORT_WORK.worker-connectivity');
    const as = (name: 'nats-operator' | 'worker' | 'indexer'): Environment => {
      const { caFile, certFile, keyFile } = nats.mesh[name];
      return { NATS_URL: nats.url, RPC_CA_FILE: caFile, RPC_CERT_FILE: certFile, RPC_KEY_FILE: keyFile };
    };
    const found = await vi.waitFor(
      async () => {
        const faults = await examine('NATS', {
          'nats-operator': as('nats-operator'),
          worker: as('worker'),
          indexer: as('indexer'),
          core: { NATS_URL: nats.url },
        });
        expect(faults).toHaveLength(4);
        return faults;
      },
      { timeout: 15_000 },
    );
    expect(found).toEqual([
      expect.stringMatching(/^fault: NATS at .* can't be used: .*certificate/),
      expect.stringMatching(/^fault: the consumer worker-connectivity does not exist \| Run "sallyport nats provision"/),
      expect.stringMatching(/^fault: the stream SALLYPORT_DEAD does not exist \| Run "sallyport nats provision"/),
      expect.stringMatching(/^fault: the consumer worker-connectivity does not exist/),
    ]);
  });

  it('a missing bucket, one without the object lock that is set, and one that refuses writes', async () => {
    const bucket = (env: Environment): Promise<string[]> => examine('Recordings', { recorder: env });
    const { RECORDER_S3_ENDPOINT: endpoint = '' } = variables({})['recorder']!;
    const readOnly = await plant(serveReadOnlyS3(endpoint));
    expect(await bucket({ RECORDER_S3_BUCKET: 'absent' })).toEqual([expect.stringMatching(/^fault: .*the bucket does not exist/)]);
    expect(await bucket({ RECORDER_OBJECT_LOCK_DAYS: '30' })).toEqual([
      expect.stringMatching(/^fault: .*object lock is set, but the bucket has none/),
    ]);
    expect(await bucket({ RECORDER_S3_ENDPOINT: readOnly.url })).toEqual([
      expect.stringMatching(/^fault: an object can't be handled, at "put": .*may not do this.* \| Allow the recorder/),
    ]);
    expect(await bucket({ RECORDER_S3_SECRET_KEY_FILE: '', RECORDER_S3_SECRET_KEY: 'wrong-secret' })).toEqual([
      expect.stringMatching(/^fault: .*(the secret key does not belong to the access key|the access key may not do this)/),
    ]);
  });

  it('an Elasticsearch that is too old, red, full, or without the template of this release', async () => {
    const field = Object.fromEntries(TEMPLATE.fields.slice(1).map((name) => [name, {}]));
    const search = (answers: Readonly<Record<string, unknown>>): Promise<Planted> => plant(serveJson(answers));
    const bad = await search({
      '/': { version: { number: '7.17.0' } },
      '/_cluster/health': { status: 'red', unassigned_shards: 3 },
      '/_cat/allocation?format=json': [{ node: 'a', 'disk.percent': '97' }],
    });
    const older = await search({
      '/': { version: { number: '9.1.0' } },
      '/_cluster/health': { status: 'green' },
      '/_cat/allocation?format=json': [{ node: 'a', 'disk.percent': '40' }],
      [`/_index_template/${TEMPLATE.name}`]: { index_templates: [{ index_template: { template: { mappings: { properties: field } } } }] },
    });
    const examineSearch = ({ url }: Planted): Promise<string[]> =>
      examine('Search', { indexer: { INDEXER_STORE: 'elasticsearch', INDEXER_ELASTICSEARCH_URL: url } });
    expect(await examineSearch(bad)).toEqual([
      expect.stringMatching(/^fault: Elasticsearch 7\.17\.0 is not supported/),
      expect.stringMatching(/^fault: the cluster is red: 3 shards have no node/),
      expect.stringMatching(/^fault: the index template sallyport-commands is missing \| Run "migrate" of the indexer/),
      expect.stringMatching(/^fault: the disk of node a is 97 % full/),
    ]);
    expect(await examineSearch(older)).toEqual([
      expect.stringMatching(new RegExp(`^fault: the index template .* is of an older release: it lacks ${TEMPLATE.fields[0]}`)),
    ]);
  });

  it('another host key than the gateways offer, and an unreadable one', async () => {
    const file = join(folder.path, 'other-key');
    writeFileSync(file, (await makeSshKey('ed25519', 'other')).privateKey);
    expect(await examine('Gateway', { gateway: { GATEWAY_HOST_KEY_FILE: `${file},${file}.none` } })).toEqual([
      expect.stringMatching(/^fault: the host key ".*none" can't be read: .*ENOENT/),
      expect.stringMatching(
        /^fault: 127\.0\.0\.1:\d+ offers ssh-ed25519 SHA256:\S+, not the key of the files \| Give every gateway the same/,
      ),
    ]);
  });

  it('a full disk', async () => {
    const [env, spool] = [join(folder.path, 'full'), join(folder.path, 'spool')];
    for (const each of [env, spool]) mkdirSync(each);
    const own = readFileSync(join(product.data, 'env/gateway.env'), 'utf8');
    writeFileSync(join(env, 'gateway.env'), `${own}GATEWAY_SPOOL_DIR=${spool}\n`);
    const script = 'mount -t tmpfs -o size=8m tmpfs "$1" && shift && exec "$@"'; // gone with the process
    const doctor = [process.execPath, MAIN, 'doctor', '--env', env, '--directory', product.data];
    const { stdout } = spawnSync(
      'unshare',
      ['--mount', ...(process.getuid?.() === 0 ? [] : ['--map-root-user']), 'sh', '-c', script, 'sh', spool, ...doctor],
      {
        encoding: 'utf8',
      },
    );
    expect(stdout).toMatch(/FAULT {2}free disk: only 8 MiB \(100 %\) are free for the spool in .*\n +Free space or enlarge the disk/);
  });

  it('a service that is away, one that is not ready, and an address where another service answers', async () => {
    const notReady = await plant(serveJson({ '/readyz': { ready: false, checks: { store: 'no answer', nats: 'ok' } } }));
    const away = await freePort();
    const { GATEWAY_RECORDER_ADDRESS: recorder = '' } = variables({})['gateway']!;
    const found = await examine(
      'Services',
      { worker: { WORKER_HEALTH_PORT: String(away) }, gateway: { GATEWAY_CORE_ADDRESS: recorder } },
      { recorder: notReady.url },
    );
    expect(found).toEqual([
      expect.stringMatching(/^fault: recorder is not ready: store: no answer/),
      expect.stringMatching(/^fault: worker does not answer at .*ECONNREFUSED/),
      expect.stringMatching(/^fault: core can't be reached at GATEWAY_CORE_ADDRESS=.*(altnames|ALTNAME|does not match)/),
    ]);
  });

  it('everything away, within 15 s, and exits with 1', async () => {
    const env = join(folder.path, 'env');
    mkdirSync(env);
    const moved = /127\.0\.0\.1:\d+|(?<=_PORT=)\d+/g;
    const silent = '10.255.255.1:9'; // no answer, as behind a firewall
    for (const name of SERVICES) {
      const text = readFileSync(join(product.data, 'env', `${name}.env`), 'utf8');
      writeFileSync(
        join(env, `${name}.env`),
        text.replace(moved, (found) => (found.includes(':') ? silent : '9')),
      );
    }
    const url = join(folder.path, 'database-url');
    writeFileSync(url, 'postgres://core:hidden-password@10.255.255.1:9/sallyport');
    writeFileSync(join(env, 'core.env'), `${readFileSync(join(env, 'core.env'), 'utf8')}CORE_DATABASE_URL_FILE=${url}\n`);
    const since = performance.now();
    const { code, out } = await sallyport(['doctor', '--env', env]);
    expect(performance.now() - since).toBeLessThan(15_000);
    expect(code).toBe(1);
    expect(out).not.toContain('hidden-password');
    for (const part of ['NATS_URL', 'PostgreSQL', 'RECORDER_S3', 'does not answer']) expect(out).toContain(part);
  });
});
