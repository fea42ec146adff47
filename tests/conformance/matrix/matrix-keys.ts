/** All keys of the matrix, created for each run. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generatePrivateKey, parsePublicKeyLine, type PublicKey, type SignatureAlgorithm, type Signer } from '@sallyport/ssh';
import { SoftwareAuthenticator } from '../keys/software-authenticator.ts';
import { startTestAgent, type TestAgent } from '../keys/test-agent.ts';
import { signCertificate } from '../keys/sign-certificate.ts';
import { makeUserKey, USER_KEY_TYPES, type UserKey, type UserKeyType } from '../keys/user-key.ts';
import { USER } from '../server/account.ts';

export interface MatrixKeys {
  readonly folder: string;
  /** Host key by its only signature algorithm. */
  readonly host: Readonly<Record<string, Signer>>;
  readonly users: Readonly<Record<UserKeyType, UserKey>>;
  /** User key by signature algorithm. */
  readonly algorithms: Readonly<Record<string, UserKey>>;
  readonly certified: readonly { readonly algorithm: string; readonly key: UserKey; readonly authority: PublicKey }[];
  /** FIDO keys, each in an agent of its own. */
  readonly fido: readonly { readonly key: PublicKey; readonly socket: string }[];
  remove(): Promise<void>;
}

export async function makeMatrixKeys(): Promise<MatrixKeys> {
  const folder = await mkdtemp(join(tmpdir(), 'conformance-keys-'));
  const [host, made, agents] = await Promise.all([
    makeHostKeys(),
    Promise.all(USER_KEY_TYPES.map((type) => makeUserKey(folder, type))),
    startAgents(folder),
  ]);
  const users = Object.fromEntries(made.map((key) => [key.type, key])) as Record<UserKeyType, UserKey>;
  return {
    folder,
    host,
    users,
    algorithms: byAlgorithm(users),
    certified: await certify(folder, users),
    fido: agents.map(({ agent, key }) => ({ key, socket: agent.path })),
    remove: async () => {
      for (const { agent } of agents) agent.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const makeHostKeys = async (): Promise<Record<string, Signer>> => {
  const [ed25519, p256, p384, p521, rsa] = await Promise.all(
    (['ed25519', 'ecdsa-nistp256', 'ecdsa-nistp384', 'ecdsa-nistp521', 'rsa-3072'] as const).map((kind) => generatePrivateKey(kind)),
  );
  const only = (signer: Signer, algorithm: SignatureAlgorithm): Signer => ({
    publicKey: signer.publicKey,
    algorithms: [algorithm],
    sign: (name, data) => signer.sign(name, data),
  });
  return {
    'ssh-ed25519': ed25519!,
    'ecdsa-sha2-nistp256': p256!,
    'ecdsa-sha2-nistp384': p384!,
    'ecdsa-sha2-nistp521': p521!,
    'rsa-sha2-512': only(rsa!, 'rsa-sha2-512'),
    'rsa-sha2-256': only(rsa!, 'rsa-sha2-256'),
  };
};

const byAlgorithm = (users: Record<UserKeyType, UserKey>): Record<string, UserKey> => ({
  'ssh-ed25519': users.ed25519,
  'ecdsa-sha2-nistp256': users['ecdsa-256'],
  'ecdsa-sha2-nistp384': users['ecdsa-384'],
  'ecdsa-sha2-nistp521': users['ecdsa-521'],
  'rsa-sha2-512': users['rsa-3072'],
  'rsa-sha2-256': users['rsa-3072'],
});

const certify = async (folder: string, users: Record<UserKeyType, UserKey>): Promise<MatrixKeys['certified']> => {
  const authorityKey = await makeUserKey(folder, 'ed25519', 'authority');
  const authority = parsePublicKeyLine(await readFile(`${authorityKey.openSsh}.pub`, 'utf8')).key as PublicKey;
  const sign = async (algorithm: string, type: UserKeyType) => ({
    algorithm,
    authority,
    key: await signCertificate(authorityKey, users[type], ['-n', USER]),
  });
  return [
    await sign('ssh-ed25519-cert-v01@openssh.com', 'ed25519'),
    await sign('ecdsa-sha2-nistp256-cert-v01@openssh.com', 'ecdsa-256'),
    await sign('rsa-sha2-512-cert-v01@openssh.com', 'rsa-3072'),
  ];
};

const startAgents = (folder: string): Promise<{ agent: TestAgent; key: PublicKey }[]> =>
  Promise.all(
    (['ed25519', 'ecdsa'] as const).map(async (kind) => {
      const authenticator = new SoftwareAuthenticator(kind);
      return { key: authenticator.publicKey, agent: await startTestAgent(join(folder, `agent-${kind}`), [authenticator]) };
    }),
  );
