import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fingerprint } from '@sallyport/ssh';
import { afterAll, describe, expect, it } from 'vitest';
import { ALL_CLIENTS } from './clients/all-clients.ts';
import type { Client, Destination } from './clients/client.ts';
import { readClientOffer } from './clients/client-offer.ts';
import type { PeerOffer } from './kexinit.ts';
import { makeMatrixKeys } from './matrix/matrix-keys.ts';
import { makePayload, sha256Of } from './matrix/payload.ts';
import { matrixRows, type Row } from './matrix/row.ts';
import { ResultTable, type Direction } from './matrix/table.ts';
import { USER } from './server/account.ts';
import { startTestServer, type TestServer } from './server/test-server.ts';

const isFull = process.env['CONFORMANCE'] === 'full';

const keys = await makeMatrixKeys();
const payload = makePayload(keys.folder);
const rows = matrixRows(keys, isFull);
const table = new ResultTable();
const versions = new Map<string, string>();

/** Returns the offer of a client. If it cannot be run, returns the reason, for the test that then fails. */
const identify = async (client: Client): Promise<PeerOffer | Error> => {
  try {
    versions.set(client.name, await client.version());
    return await readClientOffer(client);
  } catch (error) {
    versions.delete(client.name);
    return new Error(`${client.name} cannot be run (run node tests/conformance/install.mjs to install it): ${String(error)}`);
  }
};

const offers = new Map<Client, PeerOffer | Error>();
for (const client of ALL_CLIENTS) offers.set(client, await identify(client));

/** A connection of a client, and the directions that it tests. */
interface Exchange {
  readonly directions: readonly Direction[];
  run(client: Client, to: Destination): Promise<void>;
}

const OUT: Exchange = {
  directions: ['out'],
  run: async (client, to) => {
    const { stdout, stderr, status } = await client.exec!(to, `cat ${payload.file}; echo complaint >&2; exit 7`);
    expect({ status, stderr, stdout: sha256Of(stdout) }).toEqual({
      status: 7,
      stderr: expect.stringContaining('complaint'),
      stdout: payload.sha256,
    });
  },
};

const UP: Exchange = {
  directions: ['up'],
  run: async (client, to) => {
    const { stdout, stderr, status } = await client.exec!(to, 'sha256sum; exit 3', payload.file);
    expect({ status, stderr, stdout: stdout.toString() }).toEqual({ status: 3, stderr, stdout: `${payload.sha256}  -\n` });
  },
};

/** Tests both directions on one connection. */
const ROUND: Exchange = {
  directions: ['out', 'up'],
  run: async (client, to) => {
    const { stdout, stderr, status } = await client.exec!(to, 'cat; echo complaint >&2; exit 7', payload.file);
    expect({ status, stderr, stdout: sha256Of(stdout) }).toEqual({
      status: 7,
      stderr: expect.stringContaining('complaint'),
      stdout: payload.sha256,
    });
  },
};

const SFTP: Exchange = { directions: ['sftp'], run: (client, to) => transfer(client, to) };

/**
 * Returns the exchanges of a row. By default one connection tests both directions. sftp is tested with clients without commands, and once with
 * every client that supports both.
 */
const exchangesOf = (client: Client, row: Row): Exchange[] => {
  const [hasCommands, hasSftp] = [client.exec !== undefined, client.sftp !== undefined];
  if (isFull && row.group !== 'kex × cipher') return [...(hasCommands ? [OUT, UP] : []), ...(hasSftp ? [SFTP] : [])];
  const isFirst = row === rows[0];
  return [...(hasCommands ? [ROUND] : []), ...(hasSftp && (!hasCommands || isFirst) ? [SFTP] : [])];
};

/**
 * Returns true if a client is tested with a row. PuTTY's three programs share their SSH code: by default plink tests the algorithms,
 * psftp and pscp only the logins.
 */
const isRun = (client: Client, { group }: Row): boolean => isFull || group === 'login' || !['psftp', 'pscp'].includes(client.name);

const more = ({ crypto, publicKeyAlgorithms }: Row) => ({
  ...(crypto !== undefined && { crypto }),
  ...(publicKeyAlgorithms !== undefined && { publicKeyAlgorithms }),
});

const transfer = async (client: Client, to: Destination): Promise<void> => {
  const [remote, back] = [join(keys.folder, 'remote'), join(keys.folder, 'back')];
  for (const file of [remote, back]) rmSync(file, { force: true });
  const { status, stderr } = await client.sftp!(to, payload.file, remote, back);
  const files = [remote, back].map((file) => existsSync(file) && readFileSync(file).equals(payload.bytes));
  expect({ status, stderr, files }).toEqual({ status: 0, stderr, files: [true, true] });
};

const check = async (client: Client, row: Row, server: TestServer, exchange: Exchange): Promise<void> => {
  const to = { port: server.port, user: USER, hostKey: fingerprint(row.identity.signer.publicKey), login: row.login };
  let isPassed = false;
  try {
    await exchange.run(client, to);
    const { algorithms, logins } = server.last();
    if (row.agreed !== undefined) expect(algorithms).toMatchObject(row.agreed);
    if (row.record !== undefined) expect(logins.at(-1)).toMatchObject(row.record);
    isPassed = true;
  } finally {
    for (const direction of exchange.directions) table.note(row, client.name, direction, isPassed);
  }
};

const titleOf = ({ group, name }: Row): string => `${group} ${name}`;

describe.each(ALL_CLIENTS.map((client) => [client.name, client] as const))('%s', (_name, client) => {
  const offer = offers.get(client)!;

  it('is installed and sends a KEXINIT', () => {
    expect(offer).not.toBeInstanceOf(Error);
  });

  const shared = offer instanceof Error ? [] : rows.filter((row) => isRun(client, row) && row.isShared(offer, client));
  it.each(shared.map((row) => [titleOf(row), row] as const))('%s', async (_title, row) => {
    const { identity, account } = row;
    const server = await startTestServer({ identities: [identity], account, offer: row.offer, ...more(row) });
    try {
      for (const exchange of exchangesOf(client, row)) await check(client, row, server, exchange);
    } finally {
      await server.close();
    }
  });
});

describe('post-quantum key exchange', () => {
  it.each(['Go x/crypto', 'asyncssh'])('is negotiated by default with %s', async (name) => {
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
  const title = "Each algorithm alone, offered by the engine's server to each client that supports it:";
  const peers = ALL_CLIENTS.map(({ name }) => ({ name, version: versions.get(name) }));
  console.log(`\n${table.print(title, rows, peers)}`);
  if (!isFull)
    console.log('CONFORMANCE=full runs each direction and sftp of all rows with all clients, and each key exchange with each cipher.');
  await keys.remove();
});
