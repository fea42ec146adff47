import 'reflect-metadata'; // the container of @peculiar/x509 needs it, and must find it first
import { createPrivateKey, randomBytes, webcrypto } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as x509 from '@peculiar/x509';

/** Files of one service's certificate, key and authority for mutual TLS. All PEM. */
export interface MeshIdentity {
  readonly caFile: string;
  readonly certFile: string;
  readonly keyFile: string;
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const YEARS = 10;

/**
 * Makes a certificate authority and one certificate per service in `directory`. Each certificate has the service's name as CN and DNS name,
 * and localhost and 127.0.0.1 beside it. Existing files are kept, so a new service joins the same authority. Key files are 0600.
 */
export async function makeMeshCertificates<Service extends string>(
  directory: string,
  services: readonly Service[],
): Promise<Record<Service, MeshIdentity>> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const ca = await ensureAuthority(directory);
  const identities: [Service, MeshIdentity][] = [];
  for (const service of services) identities.push([service, await ensureIdentity(directory, ca, service)]);
  return Object.fromEntries(identities) as Record<Service, MeshIdentity>;
}

interface Authority {
  readonly certificate: x509.X509Certificate;
  readonly key: webcrypto.CryptoKey;
}

async function ensureAuthority(directory: string): Promise<Authority> {
  const certFile = join(directory, 'ca.crt');
  const keyFile = join(directory, 'ca.key');
  const kept = await readFile(certFile, 'utf8').catch(() => undefined);
  if (kept !== undefined) return { certificate: new x509.X509Certificate(kept), key: await importKey(await readFile(keyFile, 'utf8')) };
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    ...validity(),
    name: 'CN=Sallyport mesh CA',
    keys,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  await writeFile(keyFile, await exportKey(keys.privateKey), { mode: 0o600 });
  await writeFile(certFile, `${certificate.toString('pem')}\n`);
  return { certificate, key: keys.privateKey };
}

async function ensureIdentity(directory: string, ca: Authority, service: string): Promise<MeshIdentity> {
  const identity = {
    caFile: join(directory, 'ca.crt'),
    certFile: join(directory, `${service}.crt`),
    keyFile: join(directory, `${service}.key`),
  };
  if (
    await readFile(identity.certFile).then(
      () => true,
      () => false,
    )
  )
    return identity;
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.create({
    ...validity(),
    subject: `CN=${service}`,
    issuer: ca.certificate.subject,
    publicKey: keys.publicKey,
    signingKey: ca.key,
    signingAlgorithm: ALGORITHM,
    extensions: await leafExtensions(service, ca, keys.publicKey),
  });
  await writeFile(identity.keyFile, await exportKey(keys.privateKey), { mode: 0o600 });
  await writeFile(identity.certFile, `${certificate.toString('pem')}\n`);
  return identity;
}

/** Returns the extensions of a service's certificate. Every service both calls and is called. */
async function leafExtensions(service: string, ca: Authority, publicKey: webcrypto.CryptoKey): Promise<x509.Extension[]> {
  const names = [
    { type: 'dns', value: service },
    { type: 'dns', value: 'localhost' },
    { type: 'ip', value: '127.0.0.1' },
  ] as const;
  return [
    new x509.BasicConstraintsExtension(false, undefined, true),
    new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
    new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth, x509.ExtendedKeyUsage.clientAuth]),
    new x509.SubjectAlternativeNameExtension([...names]),
    await x509.AuthorityKeyIdentifierExtension.create(ca.certificate),
    await x509.SubjectKeyIdentifierExtension.create(publicKey),
  ];
}

function validity(): { serialNumber: string; notBefore: Date; notAfter: Date } {
  const notBefore = new Date();
  notBefore.setUTCHours(notBefore.getUTCHours() - 1); // the clocks of machines differ a little
  const notAfter = new Date(notBefore);
  notAfter.setUTCFullYear(notAfter.getUTCFullYear() + YEARS);
  return { serialNumber: `01${randomBytes(15).toString('hex')}`, notBefore, notAfter };
}

async function exportKey(key: webcrypto.CryptoKey): Promise<string> {
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', key));
  return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }).export({ format: 'pem', type: 'pkcs8' }).toString();
}

function importKey(pem: string): Promise<webcrypto.CryptoKey> {
  const der = createPrivateKey(pem).export({ format: 'der', type: 'pkcs8' });
  return webcrypto.subtle.importKey('pkcs8', der, ALGORITHM, true, ['sign']);
}
