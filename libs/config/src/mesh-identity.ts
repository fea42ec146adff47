import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';

/** Files of a service's own certificate. Its common name and one of its DNS names are the service's name. */
export interface MeshFiles {
  readonly caFile: string;
  readonly certFile: string;
  readonly keyFile: string;
}

/** The contents of the files, which fit together. */
export interface MeshIdentity {
  /** One or more certificates of authorities, PEM. */
  readonly ca: Buffer;
  readonly cert: Buffer;
  readonly key: Buffer;
  /** The common name of the certificate. */
  readonly service: string;
  readonly expiresAt: Date;
}

/**
 * Keeps the identity of a service as its files have it. Kubernetes and cert-manager replace the files when a certificate is renewed. New contents
 * count only if they fit together and are of the same service; otherwise the old ones stay in force.
 */
export class MeshIdentityFiles {
  private kept: MeshIdentity;
  private problem: string | undefined;

  /** Throws an Error with the name of the setting if a file can't be read, or the contents don't fit together. */
  constructor(
    private readonly files: MeshFiles,
    private readonly onRefused: (problem: string) => void = () => undefined,
  ) {
    this.kept = readIdentity(files);
  }

  get current(): MeshIdentity {
    return this.kept;
  }

  /** Reads the files again. Returns true if they have a new identity, which counts from now on. Reports, once, a problem that keeps them from it. */
  refresh(now = new Date()): boolean {
    try {
      const found = readIdentity(this.files);
      const isNew = (['ca', 'cert', 'key'] as const).some((part) => !found[part].equals(this.kept[part]));
      if (isNew) checkRenewal(found, this.kept, now);
      this.problem = undefined;
      if (isNew) this.kept = found;
      return isNew;
    } catch (error) {
      this.report((error as Error).message);
      return false;
    }
  }

  private report(problem: string): void {
    if (problem === this.problem) return;
    this.problem = problem;
    this.onRefused(problem);
  }
}

const PEM = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

function readIdentity({ caFile, certFile, keyFile }: MeshFiles): MeshIdentity {
  const [ca, cert, key] = [read('RPC_CA_FILE', caFile), read('RPC_CERT_FILE', certFile), read('RPC_KEY_FILE', keyFile)];
  certificates('RPC_CA_FILE', caFile, ca);
  const [own] = certificates('RPC_CERT_FILE', certFile, cert);
  try {
    if (!own.checkPrivateKey(createPrivateKey(key))) throw new Error('it is the key of another certificate');
    createSecureContext({ ca, cert, key });
  } catch (error) {
    throw new Error(`RPC_KEY_FILE: "${keyFile}" does not fit the certificate "${certFile}": ${(error as Error).message}`, { cause: error });
  }
  return { ca, cert, key, service: commonName(own), expiresAt: own.validToDate };
}

/** Throws an Error if a renewed identity would not work: it has expired, is of another service, or no authority of the file signed it. */
function checkRenewal({ ca, cert, service, expiresAt }: MeshIdentity, kept: MeshIdentity, now: Date): void {
  const [own, ...chain] = parse(cert) as [X509Certificate, ...X509Certificate[]];
  if (expiresAt <= now) throw new Error(`RPC_CERT_FILE: the new certificate expired at ${expiresAt.toISOString()}`);
  if (service !== kept.service) throw new Error(`RPC_CERT_FILE: the new certificate is of "${service}", not of "${kept.service}"`);
  if (![...parse(ca), ...chain].some((issuer) => own.checkIssued(issuer) && own.verify(issuer.publicKey)))
    throw new Error('RPC_CERT_FILE: no authority in RPC_CA_FILE signed the new certificate');
}

function read(setting: string, file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new Error(`${setting}: cannot read "${file}"`, { cause: error });
  }
}

const parse = (pem: Buffer): X509Certificate[] => (pem.toString().match(PEM) ?? []).map((text) => new X509Certificate(text));

function certificates(setting: string, file: string, pem: Buffer): [X509Certificate, ...X509Certificate[]] {
  try {
    const [first, ...others] = parse(pem);
    if (first && pem.toString().split('-----BEGIN').length === others.length + 2) return [first, ...others];
  } catch (error) {
    throw new Error(`${setting}: "${file}" is not a certificate in PEM`, { cause: error });
  }
  throw new Error(`${setting}: "${file}" is not a certificate in PEM`);
}

const commonName = ({ subject }: X509Certificate): string => /^CN=(.*)$/m.exec(subject)?.[1] ?? '';
