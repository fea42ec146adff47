import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generatePrivateKey, parsePublicKeyLine, type PublicKey } from '@sallyport/ssh';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSshOptions, runOpenSsh } from './clients/openssh.ts';
import { signPublicKey } from './keys/sign-certificate.ts';
import { SoftwareAuthenticator } from './keys/software-authenticator.ts';
import { startTestAgent, type TestAgent } from './keys/test-agent.ts';
import { makeUserKey } from './keys/user-key.ts';
import type { Run } from './run-program.ts';
import { USER, type Account } from './server/account.ts';
import { startTestServer, type TestServer } from './server/test-server.ts';

let folder: string;
let agent: TestAgent | undefined;
let server: TestServer | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'conformance-fido-'));
});
afterEach(async () => {
  agent?.close();
  await server?.close();
  await rm(folder, { recursive: true, force: true });
});

/** Logs in with OpenSSH's client to a server with this account. Its agent holds the authenticator's key and its certificates. */
const logIn = async (authenticator: SoftwareAuthenticator, account: Account, certificates: readonly Buffer[] = []): Promise<Run> => {
  agent = await startTestAgent(join(folder, 'agent'), [authenticator], certificates);
  server = await startTestServer({ identities: [{ signer: await generatePrivateKey('ed25519') }], account });
  const login = { kind: 'agent', socket: agent.path } as const;
  return runOpenSsh('ssh', login, [...openSshOptions({ port: server.port, user: USER, login }), '127.0.0.1', 'echo in']);
};

/** Creates a certificate for the authenticator's key. Returns it with its authority. */
const certify = async (authenticator: SoftwareAuthenticator, args: readonly string[]): Promise<{ blob: Buffer; authority: PublicKey }> => {
  const authority = await makeUserKey(folder, 'ed25519', 'authority');
  const publicKeyFile = join(folder, 'fido.pub');
  await writeFile(publicKeyFile, authenticator.line);
  const file = await signPublicKey(authority, publicKeyFile, args);
  return { blob: parsePublicKeyLine(await readFile(file, 'utf8')).key.blob, authority: authority.key.publicKey };
};

describe.each(['ed25519', 'ecdsa'] as const)('a FIDO key (%s) through OpenSSH', (kind) => {
  it('logs in if it was touched, and the server receives the counter', async () => {
    const authenticator = new SoftwareAuthenticator(kind);
    const run = await logIn(authenticator, { keys: [authenticator.publicKey] });
    expect([run.status, run.stdout.toString()]).toEqual([0, 'in\n']);
    expect(server!.last().logins).toEqual([
      { method: 'publickey', algorithm: authenticator.publicKey.type, fido: { isTouched: true, isUserVerified: false, counter: 1 } },
    ]);
  });

  it('is refused if it was not touched', async () => {
    const authenticator = new SoftwareAuthenticator(kind);
    authenticator.isTouched = false;
    const run = await logIn(authenticator, { keys: [authenticator.publicKey] });
    expect([run.status, run.stderr]).toEqual([255, expect.stringContaining('Permission denied')]);
    expect(server!.last().logins).toEqual([]);
  });

  it('is refused if its signature is for another application', async () => {
    const authenticator = new SoftwareAuthenticator(kind);
    authenticator.statedApplication = 'ssh:other';
    const run = await logIn(authenticator, { keys: [authenticator.publicKey] });
    expect([run.status, server!.last().logins]).toEqual([255, []]);
  });

  it('is refused if another key made the signature', async () => {
    const [known, stranger] = [new SoftwareAuthenticator(kind), new SoftwareAuthenticator(kind)];
    const forger = Object.assign(Object.create(SoftwareAuthenticator.prototype) as SoftwareAuthenticator, stranger, {
      publicKey: known.publicKey,
    });
    const run = await logIn(forger, { keys: [known.publicKey] });
    expect([run.status, server!.last().logins]).toEqual([255, []]);
  });

  it('logs in with a certificate, and is refused with it if it was not touched', async () => {
    const authenticator = new SoftwareAuthenticator(kind);
    const { blob, authority } = await certify(authenticator, ['-n', USER]);
    const run = await logIn(authenticator, { authorities: [authority] }, [blob]);
    expect([run.status, run.stdout.toString()]).toEqual([0, 'in\n']);
    expect(server!.last().logins.at(-1)).toMatchObject({
      algorithm: authenticator.publicKey.type.replace('@', '-cert-v01@'),
      fido: { isTouched: true },
    });
    agent!.close();
    await server!.close();
    authenticator.isTouched = false;
    expect((await logIn(authenticator, { authorities: [authority] }, [blob])).status).toBe(255);
  });
});
