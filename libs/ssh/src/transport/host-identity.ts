/** The keys a server proves itself with. */
import { plainSignatureAlgorithm, type SignatureAlgorithm, type Signer } from '../keys/index.js';

/** One host key, with the host certificate for it where a CA vouches for the server. */
export interface HostIdentity {
  readonly signer: Signer;
  /** A whole host certificate blob (PROTOCOL.certkeys) whose key is the signer's. */
  readonly certificate?: Buffer | undefined;
}

const CERTIFICATE_SUFFIX = '-cert-v01@openssh.com';

/** Host key algorithms that these identities can serve, in their order, certificates first. */
export function hostKeyAlgorithms(identities: readonly HostIdentity[]): string[] {
  const certified = identities
    .filter(({ certificate }) => certificate !== undefined)
    .flatMap(({ signer }) => signer.algorithms.map((name) => name + CERTIFICATE_SUFFIX));
  return [...certified, ...identities.flatMap(({ signer }) => [...signer.algorithms])];
}

/** What to send and how to sign for a negotiated host key algorithm. */
export interface HostKeyChoice {
  readonly signer: Signer;
  readonly blob: Buffer;
  readonly signatureAlgorithm: SignatureAlgorithm;
}

/** The identity behind a negotiated algorithm; `undefined` when none serves it. */
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
