import { createHash, randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fingerprint, parsePublicKeyLine } from '@sallyport/ssh';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Client } from './clients/client.ts';
import { dbclient } from './clients/dropbear.ts';
import { asyncssh, goSsh, libssh, npmSsh2, paramiko } from './clients/libraries.ts';
import { openSsh } from './clients/openssh.ts';
import { plink } from './clients/putty.ts';
import { makeUserKey, type UserKey } from './keys/user-key.ts';
import { HOST, RelaySetup } from './relay/relay-setup.ts';
import { startRelay, type RelayServer } from './relay/start-relay.ts';
import { runProgram } from './run-program.ts';
import { USER } from './server/account.ts';

const BYTES = 10_000_000;
const REKEY_BYTES = 1_000_000;

let setup: RelaySetup;
let rekeyingRelay: RelayServer;
let folder: string;
let key: UserKey;
let input: Buffer;
let inputFile: string;

beforeAll(async () => {
  setup = await RelaySetup.create();
  rekeyingRelay = await startRelay({ asset: setup.asset, transportLimits: { rekeyBytes: REKEY_BYTES } });
  folder = await mkdtemp(join(tmpdir(), 'conformance-load-'));
  key = await makeUserKey(folder, 'ed25519');
  input = randomBytes(BYTES);
  inputFile = join(folder, 'input');
  await writeFile(inputFile, input);
  await chmod(folder, 0o755); // the asset's user reads it too
});
afterAll(async () => {
  for (const client of [paramiko, asyncssh, goSsh, libssh, npmSsh2]) client.stop?.();
  await rekeyingRelay.close();
  await setup.close();
  await rm(folder, { recursive: true, force: true });
});

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

describe('rekeying by the relay after a number of bytes, on both sides, under load', () => {
  const clients: readonly Client[] = [openSsh, plink, dbclient, paramiko, asyncssh, goSsh, libssh, npmSsh2];

  it.each(clients.map((client) => [client.name, client] as const))('loses nothing while %s uploads', async (_name, client) => {
    const before = rekeyingRelay.clients.length;
    const to = { port: rekeyingRelay.port, user: USER, hostKey: await hostKeyOf(rekeyingRelay), login: { kind: 'key', key } as const };
    const { status, stdout, stderr } = await client.exec!(to, 'sha256sum', inputFile);
    expect({ status, stderr, stdout: stdout.toString() }).toEqual({ status: 0, stderr, stdout: `${sha256(input)}  -\n` });
    expect(rekeyingRelay.clients[before]!.transport.keyExchanges).toBeGreaterThan(3);
    expect(rekeyingRelay.assets[before]!.transport.keyExchanges).toBeGreaterThan(3);
  });

  it.each(clients.map((client) => [client.name, client] as const))('loses nothing while %s downloads', async (_name, client) => {
    const before = rekeyingRelay.clients.length;
    const to = { port: rekeyingRelay.port, user: USER, hostKey: await hostKeyOf(rekeyingRelay), login: { kind: 'key', key } as const };
    const { stdout } = await client.exec!(to, `cat ${inputFile}`);
    expect([stdout.length, sha256(stdout)]).toEqual([BYTES, sha256(input)]);
    expect(rekeyingRelay.clients[before]!.transport.keyExchanges).toBeGreaterThan(3);
  });
});

describe('rekeying by the client', () => {
  it.each(['aes128-gcm@openssh.com', 'aes256-ctr', 'chacha20-poly1305@openssh.com'])('loses nothing with %s', async (cipher) => {
    const before = setup.relay.clients.length;
    const { status, stdout } = await setup.ssh('relay', ['-c', cipher, '-o', 'RekeyLimit=1200K', HOST, 'cat'], { input });
    expect({ status, sha256: sha256(stdout) }).toEqual({ status: 0, sha256: sha256(input) });
    expect(setup.relay.clients[before]!.transport.keyExchanges).toBeGreaterThan(5);
  });
});

describe('rekeying at any time', () => {
  it('loses nothing if the relay rekeys every 10 ms on both sides while data flows in both directions', async () => {
    const timer = setInterval(() => {
      for (const { transport } of [...setup.relay.clients, ...setup.relay.assets]) transport.rekey();
    }, 10);
    const { status, stdout } = await setup.ssh('relay', [HOST, 'cat'], { input });
    clearInterval(timer);
    expect({ status, sha256: sha256(stdout) }).toEqual({ status: 0, sha256: sha256(input) });
    expect(setup.relay.assets.at(-1)!.transport.keyExchanges).toBeGreaterThan(5);
  });
});

/** Returns the fingerprint of the host key, which PuTTY needs in advance, as ssh-keyscan reads it. */
const hostKeyOf = async ({ port }: RelayServer): Promise<string> => {
  const scan = await runProgram('ssh-keyscan', ['-t', 'ed25519', '-p', String(port), HOST]);
  return fingerprint(parsePublicKeyLine(scan.stdout.toString().split(' ').slice(1).join(' ')).key);
};
