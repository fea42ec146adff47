import { copyFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { MeshIdentityFiles } from '@sallyport/config';
import { makeMeshCertificates } from '@sallyport/backing';
import { SessionEnded } from '@sallyport/proto-gen/session/v1/session_event';
import { createLogger } from '@sallyport/telemetry';
import { aNats, workFolder, type TestNats, type WorkFolder } from '@sallyport/testkit';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { connectBus } from './bus.js';
import { sessionEnded } from './events.js';
import { clientOptions, type Client } from './identity.js';

let nats: TestNats;
let folder: WorkFolder;
let core: Client;
beforeAll(async () => {
  [nats, folder] = await Promise.all([aNats(), workFolder('bus-identity')]);
  const { caFile, certFile, keyFile } = nats.mesh.core;
  const identity = { caFile: `${folder.path}/ca`, certFile: `${folder.path}/cert`, keyFile: `${folder.path}/key` };
  await Promise.all([copyFile(caFile, identity.caFile), copyFile(certFile, identity.certFile), copyFile(keyFile, identity.keyFile)]);
  core = { ...nats.as('core'), identity };
});
afterAll(async () => {
  await nats.remove();
  await folder.remove();
});

it('a connection to NATS uses the certificate that the files have by then, and the old one if they do not fit', async () => {
  const renewed = new MeshIdentityFiles(core.identity);
  const tls = clientOptions(core, renewed).tls as unknown as { readonly cert: Buffer };
  const first = tls.cert;
  const log: string[] = [];
  const bus = connectBus({ ...core, logger: createLogger({ service: 'core', destination: { write: (line) => void log.push(line) } }) });
  await bus.ready(10_000);
  await rm(nats.mesh.core.certFile);
  const next = await makeMeshCertificates(dirname(nats.mesh.core.certFile), ['core']);
  await copyFile(next.core.certFile, core.identity.certFile); // and not the key yet
  expect(tls.cert.equals(first)).toBe(true);
  await nats.stop();
  nats = await nats.restart();
  await vi.waitFor(() => expect(log.join('')).toContain('the old ones stay in force for NATS'), 10_000);
  const message = SessionEnded.fromPartial({ sessionId: 's' });
  await vi.waitFor(() => bus.publish(sessionEnded, message, { id: 'one' }), 10_000);
  await copyFile(next.core.keyFile, core.identity.keyFile);
  expect(tls.cert.equals(first)).toBe(false);
  await writeFile(core.identity.caFile, ''); // the file of the authority is being written
  await nats.stop();
  nats = await nats.restart();
  await vi.waitFor(() => bus.publish(sessionEnded, message, { id: 'two' }), 10_000);
  await bus.close();
});
