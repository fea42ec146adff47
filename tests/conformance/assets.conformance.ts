import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  checkCertificate,
  connectSsh,
  modernOffer,
  parsePublicKeyLine,
  runCommand,
  withHostCertificates,
  type ClientOptions,
  type PublicKey,
  type SshConnection,
} from '@sallyport/ssh';
import { afterAll, describe, expect, it } from 'vitest';
import type { Asset } from './assets/asset.ts';
import { startAsyncsshAsset } from './assets/asyncssh-asset.ts';
import { startDropbearAsset } from './assets/dropbear-asset.ts';
import { startOpenSshAsset } from './assets/openssh-asset.ts';
import { receiveOffer, type PeerOffer } from './kexinit.ts';
import { signCertificate, signPublicKey } from './keys/sign-certificate.ts';
import { SoftwareAuthenticator } from './keys/software-authenticator.ts';
import { makeUserKey, USER_KEY_TYPES } from './keys/user-key.ts';
import { assetRows, type AssetRow } from './matrix/asset-row.ts';
import { makePayload, sha256Of } from './matrix/payload.ts';
import { ResultTable } from './matrix/table.ts';
import { crypto, startTestServer } from './server/test-server.ts';

const folder = await mkdtemp(join(tmpdir(), 'conformance-assets-'));
await chmod(folder, 0o755);
const users = await Promise.all(USER_KEY_TYPES.map((type) => makeUserKey(folder, type)));
const authority = await makeUserKey(folder, 'ed25519', 'authority');
const stranger = await makeUserKey(folder, 'ed25519', 'stranger');
const authenticators = [new SoftwareAuthenticator('ed25519'), new SoftwareAuthenticator('ecdsa')];
const lines = [
  ...(await Promise.all(users.map(({ openSsh }) => readFile(`${openSsh}.pub`, 'utf8')))),
  ...authenticators.map(({ line }) => line),
].join('');
const keys = { authorizedKeys: lines, authorityFile: `${authority.openSsh}.pub` };
const payload = makePayload(folder);
await chmod(payload.file, 0o644);

const dial = (port: number): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(socket)).once('error', reject);
  });

const readOffer = async ({ port }: Asset): Promise<PeerOffer> => {
  const socket = await dial(port);
  return new Promise((resolve) => receiveOffer(socket, resolve));
};

interface Started {
  readonly name: string;
  readonly asset?: Asset;
  readonly offer?: PeerOffer;
  readonly failure?: unknown;
}

const start = async (name: string, starter: () => Promise<Asset>): Promise<Started> => {
  try {
    const asset = await starter();
    return { name, asset, offer: await readOffer(asset) };
  } catch (failure) {
    return { name, failure };
  }
};

const started = [
  await start('OpenSSH', () => startOpenSshAsset(folder, keys)),
  await start('dropbear', () => startDropbearAsset(folder, keys)),
  await start('asyncssh', () => startAsyncsshAsset(folder, keys)),
];
// A certificate names its principals, and the login names are known only now.
const principals = started
  .map(({ asset }) => asset?.user)
  .filter((user) => user !== undefined)
  .join(',');
const certified = await signCertificate(authority, users[0]!, ['-n', principals]);
const rows = assetRows({ users, certified, authenticators });
const table = new ResultTable();

afterAll(async () => {
  for (const { asset } of started) await asset?.close();
  const peers = started.map(({ name, asset }) => ({ name, version: asset?.version }));
  console.log(`\n${table.print("Each algorithm alone, offered by the engine's client to each server that supports it:", rows, peers)}\n`);
  await rm(folder, { recursive: true, force: true });
});

const logIn = async (asset: Asset, row: AssetRow, more: Partial<ClientOptions> = {}): Promise<SshConnection> =>
  connectSsh(await dial(asset.port), {
    crypto,
    user: asset.user,
    offer: row.offer,
    methods: [row.methodFor(asset)],
    verifyHostKey: () => true,
    ...(row.allowsSha1 && { hostKeyPolicy: { allowsSha1: true } }),
    ...more,
  });

/** Runs one command with input and output. */
const run = async (connection: SshConnection): Promise<void> => {
  const { status, stdout, stderr } = await runCommand(connection, 'cat; echo complaint >&2; exit 7', { input: payload.bytes });
  expect({ status, stdout: sha256Of(stdout), stderr: stderr.toString() }).toEqual({
    status: 7,
    stdout: payload.sha256,
    stderr: 'complaint\n',
  });
};

const check = async (asset: Asset, row: AssetRow): Promise<void> => {
  let isPassed = false;
  try {
    const connection = await logIn(asset, row);
    if (row.agreed !== undefined) expect(connection.transport.algorithms).toMatchObject(row.agreed);
    await run(connection);
    connection.disconnect();
    isPassed = true;
  } finally {
    for (const direction of ['out', 'up'] as const) table.note(row, asset.name, direction, isPassed);
  }
};

describe.each(started.map((one) => [one.name, one] as const))('the engine as a client of %s', (_name, { asset, offer, failure }) => {
  it('finds the server running, with an identification line', () => {
    expect(failure).toBeUndefined();
  });

  const shared = asset === undefined || offer === undefined ? [] : rows.filter((row) => row.isShared(offer, asset));
  it.each(shared.map((row) => [`${row.group} ${row.name}`, row] as const))('%s', async (_title, row) => {
    await check(asset!, row);
  });

  it('refuses an unexpected host key before it sends its user name', async () => {
    const row = rows[0]!;
    await expect(logIn(asset!, { ...row, offer: modernOffer(crypto) }, { verifyHostKey: () => false })).rejects.toThrow(/host key/i);
  });

  it('reports that no method is accepted', async () => {
    const method = { method: 'publickey', signer: stranger.key } as const;
    await expect(logIn(asset!, rows[0]!, { offer: modernOffer(crypto), methods: [method] })).rejects.toThrow(
      /Login refused: tried publickey/,
    );
  });

  it('negotiates modern algorithms by default', async () => {
    const connection = await logIn(asset!, rows[0]!, { offer: modernOffer(crypto) });
    const { kex, hostKey, cipherToServer } = connection.transport.algorithms!;
    connection.disconnect();
    expect({ kex, hostKey, cipherToServer }).toMatchObject({
      kex: expect.stringMatching(/25519/),
      hostKey: 'ssh-ed25519',
      cipherToServer: expect.stringMatching(/gcm|chacha20/),
    });
  });
});

describe('a host certificate', () => {
  const serveWith = async (args: readonly string[]) => {
    const host = await makeUserKey(folder, 'ed25519', `host-${Math.random().toString(36).slice(2)}`);
    const certificate = parsePublicKeyLine(await readFile(await signPublicKey(authority, `${host.openSsh}.pub`, args), 'utf8')).key.blob;
    return startTestServer({ identities: [{ signer: host.key, certificate }], account: { keys: [users[0]!.key.publicKey] } });
  };

  const trusting =
    (authorities: readonly PublicKey[]): ClientOptions['verifyHostKey'] =>
    ({ key }) =>
      key.kind === 'certificate' &&
      checkCertificate(key, { role: 'host', authorities, principals: ['asset.example'], nowSeconds: Date.now() / 1000 }).isAccepted;

  const connectTo = async (args: readonly string[], authorities: readonly PublicKey[]): Promise<boolean> => {
    const server = await serveWith(args);
    const options: ClientOptions = {
      crypto,
      user: 'alice',
      methods: [{ method: 'publickey', signer: users[0]!.key }],
      offer: withHostCertificates(modernOffer(crypto)),
      verifyHostKey: trusting(authorities),
    };
    try {
      (await connectSsh(await dial(server.port), options)).disconnect();
      return true;
    } catch (error) {
      expect(String(error)).toMatch(/host key/i);
      return false;
    } finally {
      await server.close();
    }
  };

  it.each<[string, boolean, readonly string[], readonly PublicKey[]]>([
    ['is accepted if its authority is trusted', true, ['-h', '-n', 'asset.example'], [authority.key.publicKey]],
    ['is refused from an authority that is not trusted', false, ['-h', '-n', 'asset.example'], [stranger.key.publicKey]],
    ['is refused for another name', false, ['-h', '-n', 'other.example'], [authority.key.publicKey]],
    ['is refused if it has expired', false, ['-h', '-n', 'asset.example', '-V', '-2h:-1h'], [authority.key.publicKey]],
    ['is refused if it is a user certificate', false, ['-n', 'asset.example'], [authority.key.publicKey]],
  ])('%s', async (_title, isAccepted, args, authorities) => {
    expect(await connectTo(args, authorities)).toBe(isAccepted);
  });
});
