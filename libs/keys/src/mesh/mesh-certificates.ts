import 'reflect-metadata'; // the container of @peculiar/x509 needs it, and must find it first
import { randomBytes, type webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import { ALGORITHM, exportKey, importKey, makeKeyPair } from './pem-key.js';

/** A certificate and its private key, both PEM. The key is a secret. */
export interface CertificateAndKey {
  readonly certificate: string;
  readonly key: string;
}

const AUTHORITY_DAYS = 3653;
const DAY_MS = 86_400_000;

/** Makes the authority that signs the services' certificates. It lasts ten years. */
export async function makeMeshAuthority(now = new Date()): Promise<CertificateAndKey> {
  const keys = await makeKeyPair();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    ...validity(now, AUTHORITY_DAYS),
    name: 'CN=Sallyport mesh CA',
    keys,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificate: `${certificate.toString('pem')}\n`, key: await exportKey(keys.privateKey) };
}

/**
 * Makes the certificate of one service: its name is CN and DNS name, with localhost and 127.0.0.1 beside it. Peers check the name of the
 * service, not of the machine.
 */
export async function makeMeshCertificate(
  authority: CertificateAndKey,
  service: string,
  { days = AUTHORITY_DAYS, now = new Date() }: { readonly days?: number; readonly now?: Date } = {},
): Promise<CertificateAndKey> {
  const issuer = new x509.X509Certificate(authority.certificate);
  const keys = await makeKeyPair();
  const certificate = await x509.X509CertificateGenerator.create({
    ...validity(now, days),
    subject: `CN=${service}`,
    issuer: issuer.subject,
    publicKey: keys.publicKey,
    signingKey: await importKey(authority.key),
    signingAlgorithm: ALGORITHM,
    extensions: await leafExtensions(service, issuer, keys.publicKey),
  });
  return { certificate: `${certificate.toString('pem')}\n`, key: await exportKey(keys.privateKey) };
}

/** Returns the extensions of a service's certificate. Every service both calls and is called. */
async function leafExtensions(service: string, issuer: x509.X509Certificate, key: webcrypto.CryptoKey): Promise<x509.Extension[]> {
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
    await x509.AuthorityKeyIdentifierExtension.create(issuer),
    await x509.SubjectKeyIdentifierExtension.create(key),
  ];
}

/** Returns a validity that begins an hour ago, because the clocks of machines differ a little. */
function validity(now: Date, days: number): { serialNumber: string; notBefore: Date; notAfter: Date } {
  const notBefore = new Date(now.getTime() - DAY_MS / 24);
  return { serialNumber: `01${randomBytes(15).toString('hex')}`, notBefore, notAfter: new Date(notBefore.getTime() + days * DAY_MS) };
}
