/** The rows of the matrix with the engine as client: the engine offers one algorithm alone. */
import {
  legacyOffer,
  parsePublicKeyLine,
  type AlgorithmOffer,
  type ClientMethod,
  type NegotiatedAlgorithms,
  type SignatureAlgorithm,
  type Signer,
} from '@sallyport/ssh';
import { readFileSync } from 'node:fs';
import type { Asset } from '../assets/asset.ts';
import type { PeerOffer } from '../kexinit.ts';
import { SoftwareAuthenticator } from '../keys/software-authenticator.ts';
import type { UserKey } from '../keys/user-key.ts';
import { crypto } from '../server/test-server.ts';
import { cipherRowOf, kexRowOf, macRowOf } from './algorithm-row.ts';

/** See the head of this file. */
export interface AssetRow {
  readonly group: 'kex' | 'cipher' | 'mac' | 'host key' | 'login';
  readonly name: string;
  readonly offer: AlgorithmOffer;
  readonly methodFor: (asset: Asset) => ClientMethod;
  readonly allowsSha1: boolean;
  isShared(offer: PeerOffer, asset: Asset): boolean;
  readonly agreed?: Partial<NegotiatedAlgorithms>;
}

/** Modern algorithms first, then those that only old devices need: all are tested with the servers. */
const whole = legacyOffer(crypto);

type Base = Pick<AssetRow, 'offer' | 'methodFor' | 'allowsSha1'>;

const hostKeyRow = (base: Base, hostKey: string): AssetRow => ({
  ...base,
  group: 'host key',
  name: hostKey,
  offer: { ...whole, hostKey: [hostKey] },
  allowsSha1: hostKey === 'ssh-rsa',
  agreed: { hostKey },
  isShared: ({ hostKeys }) => hostKeys.includes(hostKey),
});

const loginRow = (
  base: Base,
  name: string,
  methodFor: AssetRow['methodFor'],
  isShared: (asset: Asset) => boolean = () => true,
): AssetRow => ({ ...base, group: 'login', name, methodFor, isShared: (_offer, asset) => isShared(asset) });

const onlyBy = (signer: Signer, algorithm: SignatureAlgorithm): Signer => ({
  publicKey: signer.publicKey,
  algorithms: [algorithm],
  sign: (name, data) => signer.sign(name, data),
});

const fidoSigner = (authenticator: SoftwareAuthenticator): Signer => ({
  publicKey: authenticator.publicKey,
  algorithms: [authenticator.publicKey.type as SignatureAlgorithm],
  sign: (_name, data) => authenticator.sign(data),
});

/** The keys that the servers accept. */
export interface AssetLogins {
  readonly users: readonly UserKey[];
  readonly certified: UserKey;
  readonly authenticators: readonly SoftwareAuthenticator[];
}

const certificateOf = ({ certificate }: UserKey): Buffer => parsePublicKeyLine(readFileSync(certificate!, 'utf8')).key.blob;

const loginRows = (base: Base, { users, certified, authenticators }: AssetLogins): AssetRow[] => [
  loginRow(
    base,
    'password',
    ({ password }) => ({ method: 'password', password }),
    ({ password }) => password !== '',
  ),
  loginRow(
    base,
    'keyboard-interactive',
    ({ password }) => ({ method: 'keyboard-interactive', answer: ({ prompts }) => prompts.map(() => password) }),
    ({ hasInteractive }) => hasInteractive,
  ),
  ...users.flatMap(({ key }) =>
    key.algorithms.map((algorithm) =>
      loginRow(
        base,
        algorithm,
        () => ({ method: 'publickey', signer: onlyBy(key, algorithm) }),
        ({ name }) => !(name === 'dropbear' && algorithm === 'rsa-sha2-512'),
      ),
    ),
  ),
  loginRow(
    base,
    'ssh-ed25519-cert-v01@openssh.com',
    () => ({ method: 'publickey', signer: certified.key, certificate: certificateOf(certified) }),
    ({ hasCertificates }) => hasCertificates,
  ),
  ...authenticators.map((authenticator) =>
    loginRow(
      base,
      authenticator.publicKey.type,
      () => ({ method: 'publickey', signer: fidoSigner(authenticator) }),
      ({ hasFido }) => hasFido,
    ),
  ),
];

/** Returns all rows. */
export function assetRows(logins: AssetLogins): AssetRow[] {
  const base: Base = { offer: whole, allowsSha1: false, methodFor: () => ({ method: 'publickey', signer: logins.users[0]!.key }) };
  return [
    ...whole.kex.map((kex): AssetRow => ({ ...base, ...kexRowOf(whole, kex) })),
    ...whole.ciphers.map((cipher): AssetRow => ({ ...base, ...cipherRowOf(whole, cipher) })),
    ...whole.macs.map((mac): AssetRow => ({ ...base, ...macRowOf(whole, mac) })),
    ...whole.hostKey.map((hostKey) => hostKeyRow(base, hostKey)),
    ...loginRows(base, logins),
  ];
}
