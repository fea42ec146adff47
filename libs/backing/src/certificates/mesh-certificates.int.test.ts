import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { connect, createServer, type TLSSocket } from 'node:tls';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeMeshCertificates, type MeshIdentity } from './mesh-certificates.js';

let folder: string;
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'mesh-'))));
afterAll(() => rm(folder, { recursive: true, force: true }));

const material = async (identity: MeshIdentity) => ({
  ca: await readFile(identity.caFile),
  cert: await readFile(identity.certFile),
  key: await readFile(identity.keyFile),
});

/** Returns the CN that the server saw, or the error of either side. */
async function meet(server: MeshIdentity, client: MeshIdentity, servername = 'localhost'): Promise<string> {
  const listener = createServer({ ...(await material(server)), requestCert: true, rejectUnauthorized: true });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const seen = new Promise<string>((resolve) => {
    listener.on('secureConnection', (socket: TLSSocket) => resolve(String(socket.getPeerCertificate().subject.CN)));
    listener.on('tlsClientError', (error: Error) => resolve(`refused: ${error.message}`));
  });
  const socket = connect({ ...(await material(client)), port: (listener.address() as AddressInfo).port, host: '127.0.0.1', servername });
  const failed = new Promise<string>((resolve) => socket.on('error', (error) => resolve(`refused: ${error.message}`)));
  const result = await Promise.race([seen, failed]);
  socket.destroy();
  listener.close();
  return result;
}

test('services of one certificate authority accept each other by name', async () => {
  const mesh = await makeMeshCertificates(join(folder, 'one'), ['core', 'gateway']);
  expect(await meet(mesh.core, mesh.gateway)).toBe('gateway');
  expect(await meet(mesh.core, mesh.gateway, 'core')).toBe('gateway');
  expect(await meet(mesh.core, mesh.gateway, 'recorder')).toMatch(/refused: .*(altnames|does not match)/);
});

test('refuses a certificate of another authority', async () => {
  const one = await makeMeshCertificates(join(folder, 'one'), ['core']);
  const other = await makeMeshCertificates(join(folder, 'other'), ['core', 'gateway']);
  expect(await meet(one.core, { ...other.gateway, caFile: one.core.caFile })).toMatch(/^refused/);
});

test('a service that comes later joins the same authority, and private keys are private', async () => {
  const before = await makeMeshCertificates(join(folder, 'one'), ['core']);
  const certificate = await readFile(before.core.certFile, 'utf8');
  const after = await makeMeshCertificates(join(folder, 'one'), ['core', 'worker']);
  expect(await readFile(after.core.certFile, 'utf8')).toBe(certificate);
  expect(await meet(after.core, after.worker)).toBe('worker');
  for (const file of [after.worker.keyFile, join(folder, 'one', 'ca.key')]) expect((await stat(file)).mode & 0o777).toBe(0o600);
});
