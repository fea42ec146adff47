/** Checks if a certificate may be used for a login or host now (PROTOCOL.certkeys; sshd(8) and ssh(1), "CERTIFICATES"). */
import { isInCidrList, matchesWildcard } from './address-match.js';
import type { Certificate } from './certificate.js';
import { isSameKey } from './fingerprint.js';
import type { PublicKey } from './public-key.js';
import type { RevocationList } from './revocation.js';

/** The conditions that a certificate must meet. */
export interface CertificatePolicy {
  readonly role: 'user' | 'host';
  /** Trusted authorities for this role. */
  readonly authorities: readonly PublicKey[];
  /**
   * The certificate must name one of these. For users: login names or authorized principals, compared exactly. For hosts: the dialed names;
   * the certificate may contain `*` and `?`.
   */
  readonly principals: readonly string[];
  /** Seconds since 1970. */
  readonly nowSeconds: number;
  /** The client's address. Without it, a certificate that is limited to source addresses is refused. */
  readonly sourceAddress?: string;
  readonly revocations?: RevocationList;
}

/** The permissions and demands of an accepted user certificate. */
export interface CertificateGrants {
  /** The command that runs instead of the client's. */
  readonly forceCommand?: string;
  readonly permitsPty: boolean;
  readonly permitsPortForwarding: boolean;
  readonly permitsAgentForwarding: boolean;
  readonly permitsX11Forwarding: boolean;
  readonly permitsUserRc: boolean;
  /** For VerifyPolicy.requiresTouch. */
  readonly requiresTouch: boolean;
  /** For VerifyPolicy.requiresUserVerification. */
  readonly requiresUserVerification: boolean;
}

/** The result of a check. `reason` is for the audit; do not send it to the peer. */
export type CertificateVerdict =
  | { readonly isAccepted: true; readonly grants: CertificateGrants }
  | { readonly isAccepted: false; readonly reason: string };

type Check = (certificate: Certificate, policy: CertificatePolicy) => string | undefined;

const checkRole: Check = ({ role }, policy) =>
  role === policy.role ? undefined : `it is a ${role} certificate; a ${policy.role} certificate is needed`;

const checkAuthority: Check = ({ signatureKey }, { authorities }) =>
  authorities.some((authority) => isSameKey(authority, signatureKey)) ? undefined : 'its authority is not trusted';

const checkTime: Check = ({ validAfter, validBefore }, { nowSeconds }) => {
  const now = BigInt(Math.floor(nowSeconds));
  if (now < validAfter) return 'it is not valid yet';
  return now >= validBefore ? 'it has expired' : undefined;
};

const checkPrincipal: Check = ({ principals, role }, policy) => {
  if (principals.length === 0) return 'it names no principals';
  const fits = (own: string, wanted: string): boolean => (role === 'host' ? matchesWildcard(own, wanted) : own === wanted);
  const isNamed = principals.some((own) => policy.principals.some((wanted) => fits(own, wanted)));
  return isNamed ? undefined : `it is not for ${policy.principals.map((name) => `"${name}"`).join(' or ')}`;
};

const USER_OPTIONS = new Set(['force-command', 'source-address', 'verify-required']);

const checkCriticalOptions: Check = ({ criticalOptions, role }) => {
  for (const [name, value] of criticalOptions) {
    if (role === 'host' || !USER_OPTIONS.has(name)) return `its critical option "${name}" is not supported`;
    if (value === '' && name !== 'verify-required') return `its critical option "${name}" has no value`;
  }
  return undefined;
};

const checkSource: Check = ({ criticalOptions }, { sourceAddress }) => {
  const list = criticalOptions.get('source-address');
  if (list === undefined) return undefined;
  return sourceAddress !== undefined && isInCidrList(list, sourceAddress)
    ? undefined
    : `it may not be used from ${sourceAddress ?? 'an unknown address'}`;
};

const checkRevocation: Check = (certificate, { revocations }) => revocations?.revocationReason(certificate);

const CHECKS: readonly Check[] = [checkRole, checkAuthority, checkRevocation, checkTime, checkPrincipal, checkCriticalOptions, checkSource];

/**
 * Checks role, authority, revocation, time, principal and critical options of a certificate, in this order (PROTOCOL.certkeys).
 * Use `verifySignature` for the proof that the peer holds the key.
 */
export const checkCertificate = (certificate: Certificate, policy: CertificatePolicy): CertificateVerdict => {
  for (const check of CHECKS) {
    const reason = check(certificate, policy);
    if (reason !== undefined) return { isAccepted: false, reason };
  }
  return { isAccepted: true, grants: grantsOf(certificate) };
};

const grantsOf = ({ extensions, criticalOptions }: Certificate): CertificateGrants => {
  const forceCommand = criticalOptions.get('force-command');
  return {
    ...(forceCommand === undefined ? {} : { forceCommand }),
    permitsPty: extensions.has('permit-pty'),
    permitsPortForwarding: extensions.has('permit-port-forwarding'),
    permitsAgentForwarding: extensions.has('permit-agent-forwarding'),
    permitsX11Forwarding: extensions.has('permit-X11-forwarding'),
    permitsUserRc: extensions.has('permit-user-rc'),
    requiresTouch: !extensions.has('no-touch-required'),
    requiresUserVerification: criticalOptions.has('verify-required'),
  };
};
