import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fingerprint } from '@sallyport/ssh';
import { afterAll, describe, expect, it } from 'vitest';
import { ALL_CLIENTS } from './clients/all-clients.ts';
import type { Client, Destination } from './clients/client.ts';
import { readClientOffer, type ClientOffer } from './clients/client-offer.ts';
import { makeMatrixKeys } from './matrix/matrix-keys.ts';
import { makePayload, sha256Of } from './matrix/payload.ts';
import { matrixRows, needsPlainMac, withPlainMac, type Row } from './matrix/row.ts';
import { ResultTable, type Direction } from './matrix/table.ts';
import { USER } from './server/account.ts';
import { startTestServer, type TestServer } from './server/test-server.ts';

const isFull = process.env['CONFORMANCE'] === 'full';

const keys = await makeMatrixKeys();
const payload = makePayload(keys.folder);
const rows = matrixRows(keys, isFull);
const table = new ResultTable();
const versions = new Map<string, string>();
const missing = new Set<string>();

/** A client that is not there leaves its reason behind, for the test that fails because of it. */
const greet = async (client: Client): Promise<ClientOffer | Error> => {
  try {
    versions.set(client.name, await client.version());
    return await readClientOffer(client);
  } catch (error) {
    missing.add(client.name);
    return new Error(`${client.name} cannot be run (node tests/conformance/install.mjs installs it): ${String(error)}`);
  }
};

const greeted = new Map<Client, ClientOffer | Error>();
for (const client of ALL_CLIENTS) greeted.set(client, await greet(client));

const isOldOffer = (offer: ClientOffer | Error | undefined): boolean => offer !== undefined && !(offer instanceof Error) && needsPlainMac(offer);

const directionsOf = (client: Client): Direction[] => [...(client.exec === undefined ? [] : (['out', 'up'] as const)), ...(client.sftp === undefined ? [] : (['sftp'] as const))];

const run = async (client: Client, direction: Direction, to: Destination): Promise<void> => {
  if (direction === 'out') {
    const { stdout, stderr, status } = await client.exec!(to, `cat ${payload.file}; echo complaint >&2; exit 7`);
    expect({ status, stderr, stdout: sha256Of(stdout) }).toEqual({ status: 7, stderr: expect.stringContaining('complaint'), stdout: payload.sha256 });
  } else if (direction === 'up') {
    const { stdout, stderr, status } = await client.exec!(to, 'sha256sum; exit 3', payload.file);
    expect({ status, stderr, stdout: stdout.toString() }).toEqual({ status: 3, stderr, stdout: `${payload.sha256}  -\n` });
  } else {
    await transfer(client, to);
  }
};

const transfer = async (client: Client, to: Destination): Promise<void> => {
  const [remote, back] = [join(keys.folder, 'remote'), join(keys.folder, 'back')];
  for (const file of [remote, back]) rmSync(file, { force: true });
  const { status, stderr } = await client.sftp!(to, payload.file, remote, back);
  const files = [remote, back].map((file) => existsSync(file) && readFileSync(file).equals(payload.bytes));
  expect({ status, stderr, files }).toEqual({ status: 0, stderr, files: [true, true] });
};

const visit = async (client: Client, row: Row, server: TestServer, direction: Direction): Promise<void> => {
  const to = { port: server.port, user: USER, hostKey: fingerprint(row.identity.signer.publicKey), login: row.login };
  let isPassed = false;
  try {
    await run(client, direction, to);
    const { algorithms, logins } = server.last();
    if (row.agreed !== undefined) expect(algorithms).toMatchObject(row.agreed);
    if (row.record !== undefined) expect(logins.at(-1)).toMatchObject(row.record);
    isPassed = true;
  } finally {
    table.note(row, client, direction, isPassed);
  }
};

const titleOf = ({ group, name }: Row): string => `${group} ${name}`;

describe.each(ALL_CLIENTS.map((client) => [client.name, client] as const))('%s', (_name, client) => {
  const offer = greeted.get(client)!;

  it('is installed and greets', () => {
    expect(offer).not.toBeInstanceOf(Error);
  });

  const shared = offer instanceof Error ? [] : rows.filter((row) => row.isShared(offer, client));
  it.each(shared.map((row) => [titleOf(row), row] as const))('%s', async (_title, row) => {
    const { publicKeyAlgorithms, identity, account } = row;
    const isOld = row.group !== 'mac' && isOldOffer(offer);
    const server = await startTestServer({ identities: [identity], account, offer: isOld ? withPlainMac(row.offer) : row.offer, ...(publicKeyAlgorithms !== undefined && { publicKeyAlgorithms }) });
    try {
      const directions = directionsOf(client);
      for (const direction of row.group === 'kex × cipher' ? directions.slice(-1) : directions) await visit(client, row, server, direction);
    } finally {
      await server.close();
    }
  });
});

describe('post-quantum key exchange', () => {
  it.each(['Go x/crypto', 'asyncssh'])('is what %s and the engine agree on by themselves', async (name) => {
    const client = ALL_CLIENTS.find((known) => known.name === name)!;
    const row = rows[0]!;
    const server = await startTestServer({ identities: [row.identity], account: row.account });
    await client.exec!({ port: server.port, user: USER, hostKey: '', login: row.login }, 'true');
    expect(server.last().algorithms.kex).toBe('mlkem768x25519-sha256');
    await server.close();
  });
});

afterAll(async () => {
  for (const client of ALL_CLIENTS) client.stop?.();
  const old = ALL_CLIENTS.filter((client) => isOldOffer(greeted.get(client))).map(({ name }) => name);
  console.log(`\n${table.print(rows, ALL_CLIENTS, versions, missing)}`);
  console.log(`Without encrypt-then-MAC, so with hmac-sha2-256 added on the server: ${old.join(', ') || 'none'}\n`);
  await keys.remove();
});
