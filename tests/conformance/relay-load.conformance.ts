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
import { HOST, RelayStage } from './relay/relay-stage.ts';
import { startRelay, type RelayServer } from './relay/start-relay.ts';
import { runProgram } from './run-program.ts';
import { USER } from './server/account.ts';

const BYTES = 10_000_000;
const REKEY_BYTES = 1_000_000;

let stage: RelayStage;
let restless: RelayServer;
let folder: string;
let key: UserKey;
let input: Buffer;
let inputFile: string;

beforeAll(async () => {
  stage = await RelayStage.set();
  restless = await startRelay({ asset: stage.asset, transportLimits: { rekeyBytes: REKEY_BYTES } });
  folder = await mkdtemp(join(tmpdir(), 'conformance-load-'));
  key = await makeUserKey(folder, 'ed25519');
  input = randomBytes(BYTES);
  inputFile = join(folder, 'input');
  await writeFile(inputFile, input);
  await chmod(folder, 0o755); // the asset's user reads it too
});
afterAll(async () => {
  for (const client of [paramiko, asyncssh, goSsh, libssh, npmSsh2]) client.stop?.();
  await restless.close();
  await stage.clear();
  await rm(folder, { recursive: true, force: true });
});

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

describe('new keys that the relay asks for by volume, at both its sides, while data flows', () => {
  const clients: readonly Client[] = [openSsh, plink, dbclient, paramiko, asyncssh, goSsh, libssh, npmSsh2];

  it.each(clients.map((client) => [client.name, client] as const))('lose nothing with %s going up', async (_name, client) => {
    const before = restless.clients.length;
    const to = { port: restless.port, user: USER, hostKey: await hostKeyOf(restless), login: { kind: 'key', key } as const };
    const { status, stdout, stderr } = await client.exec!(to, 'sha256sum', inputFile);
    expect({ status, stderr, stdout: stdout.toString() }).toEqual({ status: 0, stderr, stdout: `${sha256(input)}  -\n` });
    expect(restless.clients[before]!.transport.keyExchanges).toBeGreaterThan(3);
    expect(restless.assets[before]!.transport.keyExchanges).toBeGreaterThan(3);
  });

  it.each(clients.map((client) => [client.name, client] as const))('lose nothing with %s coming down', async (_name, client) => {
    const before = restless.clients.length;
    const to = { port: restless.port, user: USER, hostKey: await hostKeyOf(restless), login: { kind: 'key', key } as const };
    const { stdout } = await client.exec!(to, `cat ${inputFile}`);
    expect([stdout.length, sha256(stdout)]).toEqual([BYTES, sha256(input)]);
    expect(restless.clients[before]!.transport.keyExchanges).toBeGreaterThan(3);
  });
});

describe('new keys that the client asks for', () => {
  it.each(['aes128-gcm@openssh.com', 'aes256-ctr', 'chacha20-poly1305@openssh.com'])('lose nothing with %s', async (cipher) => {
    const before = stage.relay.clients.length;
    const { status, stdout } = await stage.ssh('relay', ['-c', cipher, '-o', 'RekeyLimit=1200K', HOST, 'cat'], { input });
    expect({ status, sha256: sha256(stdout) }).toEqual({ status: 0, sha256: sha256(input) });
    expect(stage.relay.clients[before]!.transport.keyExchanges).toBeGreaterThan(5);
  });
});

describe('new keys at any moment', () => {
  it('lose nothing when the relay asks every 10 ms at both sides and data goes both ways', async () => {
    const timer = setInterval(() => {
      for (const { transport } of [...stage.relay.clients, ...stage.relay.assets]) transport.rekey();
    }, 10);
    const { status, stdout } = await stage.ssh('relay', [HOST, 'cat'], { input });
    clearInterval(timer);
    expect({ status, sha256: sha256(stdout) }).toEqual({ status: 0, sha256: sha256(input) });
    expect(stage.relay.assets.at(-1)!.transport.keyExchanges).toBeGreaterThan(5);
  });
});

/** PuTTY must be told whom to trust; asked for as a person would, with ssh-keyscan. */
const hostKeyOf = async ({ port }: RelayServer): Promise<string> => {
  const scan = await runProgram('ssh-keyscan', ['-t', 'ed25519', '-p', String(port), HOST]);
  return fingerprint(parsePublicKeyLine(scan.stdout.toString().split(' ').slice(1).join(' ')).key);
};
