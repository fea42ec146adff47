import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generatePrivateKey, parsePublicKeyLine, parseRevocationList, type PublicKey } from '@sallyport/ssh';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { goSsh } from './clients/libraries.ts';
import { openSsh } from './clients/openssh.ts';
import type { Client } from './clients/client.ts';
import { signCertificate, signPublicKey } from './keys/sign-certificate.ts';
import { makeUserKey, type UserKey } from './keys/user-key.ts';
import { mustRun, runProgram, type Run } from './run-program.ts';
import { USER, type Account, type LoginRecord } from './server/account.ts';
import { startTestServer } from './server/test-server.ts';

let folder: string;
let authority: UserKey;
let otherUser: UserKey;
let user: UserKey;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'conformance-certificates-'));
  [authority, otherUser, user] = await Promise.all([
    makeUserKey(folder, 'ecdsa-384', 'authority'),
    makeUserKey(folder, 'ed25519', 'other'),
    makeUserKey(folder, 'ed25519', 'user'),
  ]);
});
afterAll(async () => {
  goSsh.stop?.();
  await rm(folder, { recursive: true, force: true });
});

/** Logs in with this key to a server that trusts the authority, by default with OpenSSH. Returns the run and the server's records. */
const logIn = async (
  key: UserKey,
  account: Partial<Account> = {},
  client: Client = openSsh,
): Promise<{ run: Run; logins: readonly LoginRecord[] }> => {
  const server = await startTestServer({
    identities: [{ signer: await generatePrivateKey('ed25519') }],
    account: { authorities: [authority.key.publicKey], ...account },
  });
  const run = await client.exec!({ port: server.port, user: USER, hostKey: '', login: { kind: 'key', key } }, 'echo in');
  const { logins } = server.last();
  await server.close();
  return { run, logins };
};

const refused = (reason: string) => ({ status: 255, refusals: [expect.stringContaining(reason)] });
const outcome = ({ run, logins }: { run: Run; logins: readonly LoginRecord[] }) => ({
  status: run.status,
  refusals: logins.map(({ refusal }) => refusal),
});

describe('a user certificate through OpenSSH', () => {
  it('logs in, and its options reach the server', async () => {
    const { run, logins } = await logIn(
      await signCertificate(authority, user, [
        '-n',
        `other,${USER}`,
        '-O',
        'force-command=date',
        '-O',
        'no-pty',
        '-O',
        'source-address=127.0.0.0/8',
      ]),
    );
    expect([run.status, run.stdout.toString()]).toEqual([0, 'in\n']);
    expect(logins).toMatchObject([
      { algorithm: 'ssh-ed25519-cert-v01@openssh.com', grants: { forceCommand: 'date', permitsPty: false, permitsPortForwarding: true } },
    ]);
  });

  it.each<[string, readonly string[], string]>([
    ['has expired', ['-n', USER, '-V', '-2h:-1h'], 'expired'],
    ['is not valid yet', ['-n', USER, '-V', '+1h:+2h'], 'not valid yet'],
    ['names another principal', ['-n', 'bob'], 'not for "alice"'],
    ['names no principals', [], 'no principals'],
    ['may not be used from this address', ['-n', USER, '-O', 'source-address=10.0.0.0/8'], 'may not be used from'],
    ['has an unknown critical option', ['-n', USER, '-O', 'critical:only-on-mondays@example.com=yes'], 'not supported'],
  ])('is refused if it %s', async (_title, args, reason) => {
    expect(outcome(await logIn(await signCertificate(authority, user, args)))).toEqual(refused(reason));
  });

  it('is refused if it is a host certificate', async () => {
    const key = await signCertificate(authority, user, ['-h', '-n', USER]);
    const { run, logins } = await logIn(key, {}, goSsh);
    expect([run.status, logins]).toEqual([null, [expect.objectContaining({ refusal: expect.stringContaining('host certificate') })]]);
  });

  it("is refused if a user's key signed it", async () => {
    const key = await signCertificate(otherUser, user, ['-n', USER]);
    expect(outcome(await logIn(key, { keys: [otherUser.key.publicKey] }))).toEqual(refused('not trusted'));
  });

  it('is refused if it is signed by a key that may log in but is not an authority', async () => {
    const key = await signCertificate(user, otherUser, ['-n', USER]);
    expect(outcome(await logIn(key, { keys: [user.key.publicKey] }))).toEqual(refused('not trusted'));
  });

  it.each<[string, (certificateFile: string, serial: string) => Promise<Buffer>]>([
    ['by its serial number', async (_file, serial) => makeRevocations(`serial: ${serial}\n`, ['-s', `${authority.openSsh}.pub`])],
    ['by its key', async () => makeRevocations(await readFile(`${user.openSsh}.pub`, 'utf8'))],
    ['by its id', async (file) => makeRevocations(`id: ${await idOf(file)}\n`, ['-s', `${authority.openSsh}.pub`])],
    ['with its authority', async () => readFile(`${authority.openSsh}.pub`)],
  ])('is refused if it was revoked %s', async (_title, listFor) => {
    const key = await signCertificate(authority, user, ['-n', USER]);
    const list = parseRevocationList(await listFor(key.certificate!, await serialOf(key.certificate!)));
    const { run, logins } = await logIn(key, { revocations: list });
    expect([run.status, logins.map(({ refusal }) => refusal)]).toEqual([255, [expect.stringContaining('revoked')]]);
  });

  it('logs in while the list revokes others', async () => {
    const key = await signCertificate(authority, user, ['-n', USER]);
    const revocations = parseRevocationList(await makeRevocations(await readFile(`${otherUser.openSsh}.pub`, 'utf8')));
    expect((await logIn(key, { revocations })).run.status).toBe(0);
  });

  it('is refused if only plain keys are accepted', async () => {
    const key = await signCertificate(authority, user, ['-n', USER]);
    const { run, logins } = await logIn({ ...key }, { authorities: [], keys: [otherUser.key.publicKey] });
    expect([run.status, logins.some(({ refusal }) => refusal === undefined)]).toEqual([255, false]);
  });
});

/** Creates a key revocation list with ssh-keygen. */
const makeRevocations = async (specification: string, args: readonly string[] = []): Promise<Buffer> => {
  const [input, output] = [join(folder, 'revoked'), join(folder, 'revoked.krl')];
  await writeFile(input, specification);
  await mustRun('ssh-keygen', ['-q', '-k', '-f', output, ...args, input]);
  return readFile(output);
};

const describeCertificate = async (file: string): Promise<string> => (await mustRun('ssh-keygen', ['-L', '-f', file])).stdout.toString();
const serialOf = async (file: string): Promise<string> => /Serial: (\d+)/.exec(await describeCertificate(file))![1]!;
const idOf = async (file: string): Promise<string> => /Key ID: "(.*)"/.exec(await describeCertificate(file))![1]!;

describe('a host certificate of the engine', () => {
  const connect = async (args: readonly string[], trusted: string): Promise<Run> => {
    const host = await makeUserKey(folder, 'ed25519', `host-${Math.random().toString(36).slice(2)}`);
    const file = await signPublicKey(authority, `${host.openSsh}.pub`, args);
    const certificate = parsePublicKeyLine(await readFile(file, 'utf8')).key.blob;
    const server = await startTestServer({
      identities: [{ signer: host.key, certificate }],
      account: { keys: [user.key.publicKey as PublicKey] },
    });
    const known = join(folder, 'known');
    await writeFile(known, trusted);
    const run = await runProgram('ssh', [
      '-F',
      'none',
      '-p',
      String(server.port),
      '-i',
      user.openSsh,
      '-o',
      'IdentityAgent=none',
      '-o',
      `UserKnownHostsFile=${known}`,
      '-o',
      'StrictHostKeyChecking=yes',
      '-o',
      'BatchMode=yes',
      `${USER}@127.0.0.1`,
      'echo in',
    ]);
    await server.close();
    return run;
  };
  const trustLine = async (key: UserKey): Promise<string> => `@cert-authority * ${await readFile(`${key.openSsh}.pub`, 'utf8')}`;

  it('is accepted by a client that trusts its authority', async () => {
    const run = await connect(['-h', '-n', '127.0.0.1'], await trustLine(authority));
    expect([run.status, run.stdout.toString()]).toEqual([0, 'in\n']);
  });

  it('is refused by a client that trusts another authority', async () => {
    expect((await connect(['-h', '-n', '127.0.0.1'], await trustLine(otherUser))).status).toBe(255);
  });

  it('is refused by the client for another name', async () => {
    expect((await connect(['-h', '-n', 'elsewhere'], await trustLine(authority))).status).toBe(255);
  });
});
