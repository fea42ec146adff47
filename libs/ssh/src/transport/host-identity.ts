/** The host keys of a server. */
import { plainSignatureAlgorithm, type SignatureAlgorithm, type Signer } from '../keys/index.js';

/** One host key, and its host certificate if a CA signed it. */
export interface HostIdentity {
  readonly signer: Signer;
  /** A whole host certificate blob (PROTOCOL.certkeys) for the signer's key. */
  readonly certificate?: Buffer | undefined;
}

const CERTIFICATE_SUFFIX = '-cert-v01@openssh.com';

/** Returns the host key algorithms of these identities, certificates first. */
export function hostKeyAlgorithms(identities: readonly HostIdentity[]): string[] {
  const certified = identities
    .filter(({ certificate }) => certificate !== undefined)
    .flatMap(({ signer }) => signer.algorithms.map((name) => name + CERTIFICATE_SUFFIX));
  return [...certified, ...identities.flatMap(({ signer }) => [...signer.algorithms])];
}

/** The blob to send and the signer to use for a negotiated host key algorithm. */
export interface HostKeyChoice {
  readonly signer: Signer;
  readonly blob: Buffer;
  readonly signatureAlgorithm: SignatureAlgorithm;
}

/** Returns the identity for a negotiated algorithm, or `undefined` if none supports it. */
export function chooseHostKey(identities: readonly HostIdentity[], algorithm: string): HostKeyChoice | undefined {
  const isCertificate = algorithm.endsWith(CERTIFICATE_SUFFIX);
  const signatureAlgorithm = plainSignatureAlgorithm(algorithm);
  if (signatureAlgorithm === undefined) return undefined;
  for (const { signer, certificate } of identities) {
    if (!signer.algorithms.includes(signatureAlgorithm)) continue;
    if (!isCertificate) return { signer, blob: signer.publicKey.blob, signatureAlgorithm };
    if (certificate !== undefined) return { signer, blob: certificate, signatureAlgorithm };
  }
  return undefined;
}
