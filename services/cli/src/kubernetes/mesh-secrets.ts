import { X509Certificate } from 'node:crypto';
import { makeMeshAuthority, makeMeshCertificate, type CertificateAndKey } from '@sallyport/keys';
import type { Secret, SecretStore } from './secret-store.js';

/** Identities with a certificate: the services, the NATS servers, and the identity that prepares NATS. */
const IDENTITIES = ['core', 'gateway', 'recorder', 'indexer', 'worker', 'nats', 'nats-operator'] as const;
const DAY_MS = 86_400_000;

/** Names of the Secrets with the mesh certificates of a release; the first one has the authority. */
export const meshSecretNames = (name: string): string[] => ['ca', ...IDENTITIES].map((identity) => `${name}-mesh-${identity}`);

/**
 * Makes the authority and the certificates that are missing, and renews a certificate when a third of its lifetime or less is left. Keys of
 * the Secrets are those of cert-manager: ca.crt, tls.crt and tls.key.
 */
export async function keepMeshSecrets(
  store: SecretStore,
  { name, days, now }: { readonly name: string; readonly days: number; readonly now: Date },
  report: (line: string) => void,
): Promise<void> {
  const authority = await keepAuthority(store, `${name}-mesh-ca`, now, report);
  for (const identity of IDENTITIES) {
    const secret = `${name}-mesh-${identity}`;
    const kept = await store.get(secret);
    if (kept !== undefined && isFresh(kept, authority, days, now)) report(`${secret} is kept`);
    else await writeCertificate(store, secret, kept !== undefined, await issue(authority, identity, days, now), report);
  }
}

async function keepAuthority(store: SecretStore, name: string, now: Date, report: (line: string) => void): Promise<CertificateAndKey> {
  const kept = await store.get(name);
  if (kept !== undefined) return { certificate: kept.data['tls.crt'] ?? '', key: kept.data['tls.key'] ?? '' };
  const { certificate, key } = await makeMeshAuthority(now);
  await store.create({ name, data: { 'tls.crt': certificate, 'tls.key': key } });
  report(`${name} was made`);
  return { certificate, key };
}

/** Returns true for a certificate of this authority with more than a third of its lifetime left. */
function isFresh({ data }: Secret, authority: CertificateAndKey, days: number, now: Date): boolean {
  const certificate = new X509Certificate(data['tls.crt'] ?? '');
  const left = new Date(certificate.validTo).getTime() - now.getTime();
  return left > (days * DAY_MS) / 3 && certificate.checkIssued(new X509Certificate(authority.certificate));
}

async function issue(authority: CertificateAndKey, identity: string, days: number, now: Date): Promise<Record<string, string>> {
  const { certificate, key } = await makeMeshCertificate(authority, identity, { days, now });
  return { 'ca.crt': authority.certificate, 'tls.crt': certificate, 'tls.key': key };
}

async function writeCertificate(
  store: SecretStore,
  name: string,
  isThere: boolean,
  data: Record<string, string>,
  report: (line: string) => void,
): Promise<void> {
  if (isThere) await store.replace({ name, data });
  else await store.create({ name, data });
  report(isThere ? `${name} was renewed` : `${name} was made`);
}
