import { SERVICES } from '@sallyport/config';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { systemClock } from '@sallyport/context';
import { fault, ok, warning, type Check, type Finding } from '../check.js';
import type { Installation } from '../installation.js';

const DAY_MS = 86_400_000;
const SOON_DAYS = 14;
const RENEW = 'Issue the certificate again (docs/operations: certificates) and start the service again';

/** Checks the mesh certificate of each service: chain, name, dates, key; and that one authority signed all. */
export const certificatesCheck: Check = {
  group: 'Certificates',
  name: 'mesh',
  needs: [],
  remedy: 'Check that RPC_CA_FILE, RPC_CERT_FILE and RPC_KEY_FILE name PEM files that can be read',
  run: (installation) => Promise.resolve(identities(installation).flatMap((identity) => identityFindings(identity, installation))),
};

interface Identity {
  readonly service: string;
  readonly caFile: string;
  readonly certFile: string;
  readonly keyFile: string;
}

/** Returns the files of all services; the check of settings reports missing ones. */
function identities({ environments, operator }: Installation): Identity[] {
  const all = [...SERVICES.map((service) => [service, environments[service]] as const), ['nats-operator', operator] as const];
  return all.flatMap(([service, env]) => {
    const { RPC_CA_FILE: caFile, RPC_CERT_FILE: certFile, RPC_KEY_FILE: keyFile } = env ?? {};
    return caFile && certFile && keyFile ? [{ service, caFile, certFile, keyFile }] : [];
  });
}

function identityFindings(identity: Identity, installation: Installation): Finding[] {
  try {
    const problems = [...certificateProblems(identity), ...foreignProblems(identity, installation)];
    return problems.length > 0 ? problems : [ok(`${identity.service}: certificate and key fit, until ${lastDay(identity)}`)];
  } catch (error) {
    const { code, path, message } = error as NodeJS.ErrnoException;
    const why = path === undefined ? `is not valid PEM (${message})` : `can't be read: "${path}" (${code})`;
    return [fault(`${identity.service}: a file of its certificate ${why}`, 'Check RPC_CA_FILE, RPC_CERT_FILE and RPC_KEY_FILE')];
  }
}

function certificateProblems({ service, certFile, keyFile, caFile }: Identity): Finding[] {
  const [leaf] = readCertificates(certFile);
  if (leaf === undefined) return [fault(`${service}: "${certFile}" has no certificate`, RENEW)];
  const names = leaf.subjectAltName ?? '';
  const isNamed = names.split(', ').includes(`DNS:${service}`);
  const dates = [[`"${certFile}"`, leaf] as const, ...readCertificates(caFile).map((ca) => [`the authority "${caFile}"`, ca] as const)];
  return [
    ...(isNamed ? [] : [fault(`${service}: "${certFile}" is not for ${service} (it has ${names || 'no DNS name'})`, RENEW)]),
    ...(leaf.checkPrivateKey(createPrivateKey(readFileSync(keyFile)))
      ? []
      : [
          fault(
            `${service}: the key "${keyFile}" does not belong to the certificate "${certFile}"`,
            'Put the key beside the certificate that was issued for it',
          ),
        ]),
    ...dates.flatMap(([what, certificate]) => dateProblems(`${service}: ${what}`, certificate)),
  ];
}

function dateProblems(what: string, { validFrom, validTo }: X509Certificate): Finding[] {
  const now = systemClock.now();
  if (Date.parse(validFrom) > now)
    return [fault(`${what} is valid from ${validFrom} on`, 'Check the clock of this machine and of the authority')];
  const days = Math.floor((Date.parse(validTo) - now) / DAY_MS);
  if (days < 0) return [fault(`${what} has expired on ${validTo}`, RENEW)];
  return days < SOON_DAYS ? [warning(`${what} expires in ${days} days, on ${validTo}`, RENEW)] : [];
}

/** Reports the services whose authority did not sign this certificate: they will refuse its connections. */
function foreignProblems({ service, certFile }: Identity, installation: Installation): Finding[] {
  const chain = readCertificates(certFile);
  const refusing = identities(installation).filter(({ caFile }) => !isSigned(chain, readCertificates(caFile)));
  if (refusing.length === 0) return [];
  const names = refusing.map((each) => each.service).join(', ');
  return [
    fault(
      `${service}: "${certFile}" is not signed by the authority of ${names}`,
      'Issue all certificates from one authority, and name it in every RPC_CA_FILE',
    ),
  ];
}

/** Returns true if a certificate of `authorities` signed the first one of the chain, directly or through the others of the chain. */
function isSigned([leaf, ...others]: readonly X509Certificate[], authorities: readonly X509Certificate[]): boolean {
  if (leaf === undefined) return false;
  const signs = (issuer: X509Certificate): boolean => leaf.checkIssued(issuer) && leaf.verify(issuer.publicKey);
  if (authorities.some(signs)) return true;
  const next = others.find(signs);
  return next !== undefined && isSigned([next, ...others.filter((each) => each !== next)], authorities);
}

function readCertificates(file: string): X509Certificate[] {
  const blocks = readFileSync(file, 'utf8').match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  return blocks.map((pem) => new X509Certificate(pem));
}

const lastDay = ({ certFile }: Identity): string => {
  const [leaf] = readCertificates(certFile);
  return leaf === undefined ? '' : new Date(leaf.validTo).toISOString().slice(0, 10);
};
