import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeMeshAuthority, makeMeshCertificate, type CertificateAndKey } from '@sallyport/keys';

/** Files of one service's certificate, key and authority for mutual TLS. All PEM. */
export interface MeshIdentity {
  readonly caFile: string;
  readonly certFile: string;
  readonly keyFile: string;
}

/**
 * Makes a certificate authority and one certificate per service in `directory`. Each certificate has the service's name as CN and DNS name,
 * and localhost and 127.0.0.1 beside it. Existing files are kept, so a new service joins the same authority. Key files are 0600.
 */
export async function makeMeshCertificates<Service extends string>(
  directory: string,
  services: readonly Service[],
): Promise<Record<Service, MeshIdentity>> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const authority = await keepPair(directory, 'ca', makeMeshAuthority);
  const identities: [Service, MeshIdentity][] = [];
  for (const service of services) {
    await keepPair(directory, service, () => makeMeshCertificate(authority, service));
    identities.push([
      service,
      { caFile: certificateOf(directory, 'ca'), certFile: certificateOf(directory, service), keyFile: keyOf(directory, service) },
    ]);
  }
  return Object.fromEntries(identities) as Record<Service, MeshIdentity>;
}

/** Returns the pair that the directory has, or makes and writes it: the key first, so that a certificate always has one. */
async function keepPair(directory: string, name: string, make: () => Promise<CertificateAndKey>): Promise<CertificateAndKey> {
  const kept = await readFile(certificateOf(directory, name), 'utf8').catch(() => undefined);
  if (kept !== undefined) return { certificate: kept, key: await readFile(keyOf(directory, name), 'utf8') };
  const made = await make();
  await writeFile(keyOf(directory, name), made.key, { mode: 0o600 });
  await writeFile(certificateOf(directory, name), made.certificate);
  return made;
}

const certificateOf = (directory: string, name: string): string => join(directory, `${name}.crt`);
const keyOf = (directory: string, name: string): string => join(directory, `${name}.key`);
