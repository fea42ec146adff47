import { once } from 'node:events';
import { mkdir, readFile, rename, symlink, writeFile } from 'node:fs/promises';
import { connect, type TLSSocket } from 'node:tls';
import { X509Certificate } from 'node:crypto';
import { makeMeshCertificates, type MeshIdentity } from '@sallyport/backing';
import { AccessServiceService } from '@sallyport/proto-gen/access/v1/access_service';
import { createLogger, createMetrics } from '@sallyport/telemetry';
import { workFolder, type WorkFolder } from '@sallyport/testkit';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { createClient } from './client/rpc-client.js';
import { meshCredentials, showCertificate } from './credentials.js';
import { RpcServer } from './server/rpc-server.js';

type Part = 'ca' | 'cert' | 'key';

/** Files as Kubernetes mounts them: links into a folder that one rename replaces. */
class MountedFiles {
  private count = 0;
  constructor(private readonly path: string) {}

  get files(): MeshIdentity {
    return { caFile: `${this.path}/ca`, certFile: `${this.path}/cert`, keyFile: `${this.path}/key` };
  }

  async put(contents: Record<Part, string>): Promise<void> {
    const version = `..${++this.count}`;
    await mkdir(`${this.path}/${version}`, { recursive: true });
    for (const [part, text] of Object.entries(contents)) await writeFile(`${this.path}/${version}/${part}`, text);
    await symlink(version, `${this.path}/..next`);
    await rename(`${this.path}/..next`, `${this.path}/..data`);
    if (this.count === 1) for (const part of Object.keys(contents)) await symlink(`..data/${part}`, `${this.path}/${part}`);
  }
}

const REFRESH_MS = 50;
const log: string[] = [];
const logger = createLogger({ service: 'rpc-test', destination: { write: (line) => void log.push(line) } });
const contentsOf = async ({ caFile, certFile, keyFile }: MeshIdentity): Promise<Record<Part, string>> => ({
  ca: await readFile(caFile, 'utf8'),
  cert: await readFile(certFile, 'utf8'),
  key: await readFile(keyFile, 'utf8'),
});

let folder: WorkFolder;
let old: Record<'core' | 'gateway' | 'worker', Record<Part, string>>;
let renewed: typeof old;
beforeAll(async () => {
  folder = await workFolder('renewed');
  const make = async (name: string): Promise<typeof old> => {
    const files = await makeMeshCertificates(`${folder.path}/${name}`, ['core', 'gateway', 'worker']);
    return { core: await contentsOf(files.core), gateway: await contentsOf(files.gateway), worker: await contentsOf(files.worker) };
  };
  [old, renewed] = [await make('old'), await make('new')];
});
afterAll(() => folder.remove());

/** Returns the certificate that a server shows on a new connection. */
async function shownBy(port: number, by: Record<Part, string>): Promise<string> {
  const socket: TLSSocket = connect({
    ...by,
    port,
    host: '127.0.0.1',
    servername: 'core',
    ALPNProtocols: ['h2'],
    rejectUnauthorized: false,
  });
  await once(socket, 'secureConnect');
  const shown = socket.getPeerX509Certificate()?.fingerprint256 ?? 'none';
  socket.destroy();
  return shown;
}

const fingerprint = ({ cert }: Record<Part, string>): string => new X509Certificate(cert).fingerprint256;

it('a server and a client change to another authority while calls go on; files that do not fit are refused, with a log line', async () => {
  const [onCore, onGateway] = [new MountedFiles(`${folder.path}/on-core`), new MountedFiles(`${folder.path}/on-gateway`)];
  await onCore.put(old.core);
  await onGateway.put(old.gateway);
  const credentials = {
    core: meshCredentials(onCore.files, { logger, refreshMs: REFRESH_MS }),
    gateway: meshCredentials(onGateway.files, { logger, refreshMs: REFRESH_MS }),
  };
  const notUsed = () => Promise.reject(new Error('not used'));
  const pending = Promise.withResolvers<{ revoked: [] }>();
  // Connections get old soon, so that the client makes new ones all the time.
  const server = new RpcServer({ credentials: credentials.core, logger, maxConnectionAgeMs: 100 }).add(
    AccessServiceService,
    {
      authenticate: async ({ peer }) => ({ outcome: { $case: 'refused', value: { code: 'NO', message: peer } } }),
      listGranted: notUsed,
      openSession: notUsed,
      reportHostKey: notUsed,
      renewLeases: notUsed,
      reportFailedSignIns: notUsed,
      checkSignIns: () => pending.promise,
      closeSession: notUsed,
    },
    { allow: ['gateway'] },
  );
  const port = await server.listen('127.0.0.1', 0);
  const client = createClient(AccessServiceService, `127.0.0.1:${port}`, { credentials: credentials.gateway, peer: 'core' });
  const request = { username: 'ann', client: undefined, continuation: Buffer.alloc(0), proof: undefined };
  const call = async (): Promise<unknown> =>
    (await client.unary('authenticate', request, { timeoutMs: 5_000, waitForReady: true })).outcome?.value;
  let calls = 0;
  let isOver = false;
  const load = (async () => {
    for (; !isOver; calls += 1) expect(await call()).toMatchObject({ message: 'gateway' });
  })();
  const more = async (): Promise<void> => {
    const before = calls;
    await vi.waitFor(() => expect(calls).toBeGreaterThan(before + 20), 10_000);
  };
  const long = client.unary('checkSignIns', { gatewayId: 'g', uses: [] }, { timeoutMs: 60_000, waitForReady: true });
  await more();

  const refusals = () => log.filter((line) => line.includes('are refused; the old ones stay in force'));
  await onCore.put({ ...renewed.core, key: old.core.key });
  await vi.waitFor(() => expect(refusals().at(-1)).toContain('does not fit the certificate'), 5_000);
  await onCore.put({ ...old.core, cert: old.core.cert.slice(0, 300) });
  await vi.waitFor(() => expect(refusals().at(-1)).toContain('is not a certificate in PEM'), 5_000);
  await onCore.put(old.worker);
  await vi.waitFor(() => expect(refusals().at(-1)).toContain('is of \\"worker\\", not of \\"core\\"'), 5_000);
  await onCore.put({ ...renewed.core, ca: old.core.ca });
  await vi.waitFor(() => expect(refusals().at(-1)).toContain('no authority in RPC_CA_FILE signed'), 5_000);
  expect(refusals()).toHaveLength(4);
  await more();
  expect(await shownBy(port, old.worker)).toBe(fingerprint(old.core));

  const both = old.core.ca + renewed.core.ca;
  await onCore.put({ ...old.core, ca: both });
  await onGateway.put({ ...old.gateway, ca: both });
  await vi.waitFor(() => expect(log.filter((line) => line.includes('are in force'))).toHaveLength(2), 5_000);
  await onCore.put({ ...renewed.core, ca: both });
  await vi.waitFor(async () => expect(await shownBy(port, old.worker)).toBe(fingerprint(renewed.core)), 5_000);
  await more();
  await onGateway.put({ ...renewed.gateway, ca: both });
  await more();
  await vi.waitFor(() => expect(log.filter((line) => line.includes('are in force'))).toHaveLength(4), 5_000);
  await onCore.put(renewed.core);
  await onGateway.put(renewed.gateway);
  await vi.waitFor(() => expect(log.filter((line) => line.includes('are in force'))).toHaveLength(6), 5_000);
  await more();
  const stranger = createClient(AccessServiceService, `127.0.0.1:${port}`, {
    credentials: meshCredentials((await makeMeshCertificates(`${folder.path}/old`, ['gateway'])).gateway),
    peer: 'core',
  });
  await expect(stranger.waitForReady(500)).rejects.toThrow('core can');
  stranger.close();

  const metrics = createMetrics('core');
  showCertificate(metrics, credentials.core);
  const expiry = new X509Certificate(renewed.core.cert).validToDate.getTime() / 1000;
  expect(await metrics.text()).toContain(`mesh_certificate_expiry_timestamp_seconds{service="core"} ${expiry}`);
  pending.resolve({ revoked: [] });
  expect(await long).toEqual({ revoked: [] });
  isOver = true;
  await load;
  client.close();
  await server.shutdown(500);
});
