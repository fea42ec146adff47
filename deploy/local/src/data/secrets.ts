import { makeMeshCertificates, type MeshIdentity } from '@sallyport/backing';
import type { ProductRoles } from '@sallyport/database';
import { OPERATOR, SERVER } from '@sallyport/bus';
import { makePassword, makeSealingKeys, makeSigningKey, makeSshKey, publicHalf, type SshKeyType } from '@sallyport/keys';
import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import type { DataFolder } from './data-folder.js';
import { keepFile } from './keep-file.js';

/** The services, in the order of their readiness lines. */
export const SERVICES = ['core', 'recorder', 'indexer', 'gateway', 'worker'] as const;
export type ServiceName = (typeof SERVICES)[number];

/** Keys and passwords of one installation. A value that is a file is a path. */
export interface Secrets {
  /** Certificates of the services, of NATS (`nats`) and of the identity that prepares it (`nats-operator`). */
  readonly mesh: Record<ServiceName | typeof SERVER | typeof OPERATOR, MeshIdentity>;
  readonly sealingKeysFile: string;
  readonly signingKeyFile: string;
  readonly signingPublicKeyFile: string;
  readonly hostKeyFiles: readonly string[];
  /** One line each, for known_hosts. */
  readonly hostPublicKeys: readonly string[];
  readonly databasePasswords: ProductRoles;
  readonly auditSigningKeyFile: string;
  readonly s3: { readonly accessKey: string; readonly secretKey: string };
  readonly s3SecretKeyFile: string;
  readonly demoUser: KeptKey;
  readonly demoAccount: KeptKey;
  /** Host key of the demo asset, whichever server it is: the key is pinned at the first session. */
  readonly demoHost: KeptKey;
}

/** A key pair on disk. */
interface KeptKey {
  readonly privateKeyFile: string;
  readonly privateKey: string;
  readonly publicKey: string;
}

/** Creates missing secrets. Existing ones stay, because data were sealed and hosts are known with them. */
export async function keepSecrets(data: DataFolder): Promise<Secrets> {
  const hostKeys = await Promise.all((['ed25519', 'ecdsa', 'rsa'] as const).map((type) => keepSshKey(data, `host-${type}`, type)));
  const sealingKeysFile = data.secret('sealing-keys.json');
  await keepFile(sealingKeysFile, makeSealingKeys);
  const s3 = await keepJson(data, 's3.json', () => ({
    accessKey: `sallyport${randomBytes(4).toString('hex')}`,
    secretKey: makePassword(),
  }));
  await keepFile(data.secret('s3-secret-key'), () => s3.secretKey);
  // Installations of earlier versions have it; NATS knows certificates only.
  await rm(data.secret('nats-token'), { force: true });
  const recordingKey = await keepSigningKey(data, 'recording-signing');
  return {
    mesh: await makeMeshCertificates(data.secret('mesh'), [...SERVICES, SERVER, OPERATOR]),
    sealingKeysFile,
    signingKeyFile: recordingKey.privateKeyFile,
    signingPublicKeyFile: recordingKey.publicKeyFile,
    hostKeyFiles: hostKeys.map((key) => key.privateKeyFile),
    hostPublicKeys: hostKeys.map((key) => key.publicKey),
    databasePasswords: {
      ...(await keepJson(data, 'database.json', () => ({ core: makePassword(), indexer: makePassword() }))),
      // A file of its own: installations from before these roles have the other one already.
      ...(await keepJson(data, 'database-service.json', () => ({ coreService: makePassword(), indexerService: makePassword() }))),
    },
    auditSigningKeyFile: (await keepSigningKey(data, 'audit-signing')).privateKeyFile,
    s3,
    s3SecretKeyFile: data.secret('s3-secret-key'),
    demoUser: await keepSshKey(data, 'demo-user', 'ed25519'),
    demoAccount: await keepSshKey(data, 'demo-account', 'ed25519'),
    demoHost: await keepSshKey(data, 'demo-host', 'ed25519'),
  };
}

/**
 * Creates a signing key; the public half is for auditors. Both halves are derived from the private one, so that a crash between the two files leaves no pair that does not
 * match.
 */
async function keepSigningKey(data: DataFolder, name: string): Promise<{ privateKeyFile: string; publicKeyFile: string }> {
  const files = { privateKeyFile: data.secret(`${name}.pem`), publicKeyFile: data.in(`${name}.pub.pem`) };
  const pem = await keepFile(files.privateKeyFile, () => makeSigningKey().privateKey);
  await keepFile(files.publicKeyFile, () => publicHalf(pem));
  return files;
}

async function keepSshKey(data: DataFolder, name: string, type: SshKeyType): Promise<KeptKey> {
  const kept = await keepJson(data, `${name}.json`, () => makeSshKey(type, `sallyport-${name}`));
  const privateKeyFile = data.secret(name);
  await keepFile(privateKeyFile, () => kept.privateKey);
  return { privateKeyFile, privateKey: kept.privateKey, publicKey: kept.publicKey };
}

async function keepJson<T>(data: DataFolder, name: string, make: () => T | Promise<T>): Promise<T> {
  return JSON.parse(await keepFile(data.secret(name), async () => JSON.stringify(await make()))) as T;
}
