/** The rows of the matrix: the server offers one algorithm alone, so that every client has to use it. */
import {
  modernOffer,
  selectCrypto,
  type AlgorithmOffer,
  type CipherName,
  type CryptoProvider,
  type HostIdentity,
  type KexName,
  type NegotiatedAlgorithms,
} from '@sallyport/ssh';
import type { Client, ClientLogin } from '../clients/client.ts';
import type { PeerOffer } from '../kexinit.ts';
import type { Account, LoginRecord } from '../server/account.ts';
import { PASSWORD } from '../server/account.ts';
import { crypto } from '../server/test-server.ts';
import { cipherRowOf, kexRowOf, macRowOf } from './algorithm-row.ts';
import type { MatrixKeys } from './matrix-keys.ts';

/** See the head of this file. */
export interface Row {
  readonly group: 'kex' | 'cipher' | 'cipher, in JavaScript' | 'mac' | 'host key' | 'login' | 'kex × cipher';
  readonly name: string;
  readonly offer: AlgorithmOffer;
  readonly identity: HostIdentity;
  readonly account: Account;
  readonly publicKeyAlgorithms?: readonly string[];
  /** A crypto implementation other than the active one. */
  readonly crypto?: CryptoProvider;
  readonly login: ClientLogin;
  /** Returns true if this client supports the algorithm. */
  isShared(offer: PeerOffer, client: Client): boolean;
  /** The expected algorithms. */
  readonly agreed?: Partial<NegotiatedAlgorithms>;
  /** The expected login record. */
  readonly record?: Partial<LoginRecord>;
}

const whole = modernOffer(crypto);
/** The engine without its native addon. */
const plainJs = selectCrypto('js');

type Base = Pick<Row, 'offer' | 'identity' | 'account' | 'login'>;

const baseOf = ({ host, users }: MatrixKeys): Base => ({
  offer: whole,
  identity: { signer: host['ssh-ed25519']! },
  account: { keys: [users.ed25519.key.publicKey] },
  login: { kind: 'key', key: users.ed25519 },
});

const hostKeyRow = (base: Base, name: string, identity: HostIdentity): Row => ({
  ...base,
  group: 'host key',
  name,
  identity,
  agreed: { hostKey: name },
  isShared: ({ hostKeys }) => hostKeys.includes(name),
});

const secretRow = (base: Base, kind: 'password' | 'interactive'): Row => ({
  ...base,
  group: 'login',
  name: kind === 'password' ? 'password' : 'keyboard-interactive',
  account: kind === 'password' ? { password: true } : { interactive: true },
  login: { kind, password: PASSWORD },
  record: { method: kind === 'password' ? 'password' : 'keyboard-interactive' },
  isShared: (_offer, { logins }) => logins.includes(kind),
});

const keyRow = (base: Base, algorithm: string, key: MatrixKeys['users']['ed25519']): Row => ({
  ...base,
  group: 'login',
  name: algorithm,
  account: { keys: [key.key.publicKey] },
  publicKeyAlgorithms: [algorithm],
  login: { kind: 'key', key },
  record: { method: 'publickey', algorithm },
  isShared: (_offer, { logins, lacks }) => logins.includes('key') && lacks?.includes(algorithm) !== true,
});

const certificateRow = (base: Base, algorithm: string, { key, authority }: MatrixKeys['certified'][number]): Row => ({
  ...base,
  group: 'login',
  name: algorithm,
  account: { authorities: [authority] },
  publicKeyAlgorithms: [algorithm, algorithm.replace('-cert-v01@openssh.com', '')],
  login: { kind: 'key', key },
  record: { method: 'publickey', algorithm },
  isShared: (_offer, { logins, lacks }) => logins.includes('certificate') && lacks?.includes(algorithm) !== true,
});

const fidoRow = (base: Base, { key, socket }: MatrixKeys['fido'][number]): Row => ({
  ...base,
  group: 'login',
  name: key.type,
  account: { keys: [key] },
  login: { kind: 'agent', socket },
  record: { method: 'publickey', algorithm: key.type },
  isShared: (_offer, { logins, lacks }) => logins.includes('agent') && lacks?.includes(key.type) !== true,
});

const pairRow = (base: Base, kex: KexName, cipher: CipherName): Row => ({
  ...base,
  group: 'kex × cipher',
  name: `${kex} × ${cipher}`,
  offer: { ...whole, kex: [kex], ciphers: [cipher] },
  agreed: { kex, cipherToServer: cipher, cipherToClient: cipher },
  isShared: (offer) => kexRowOf(whole, kex).isShared(offer) && cipherRowOf(whole, cipher).isShared(offer),
});

/** Returns all rows; with `isFull` also each key exchange with each cipher. */
export function matrixRows(keys: MatrixKeys, isFull: boolean): Row[] {
  const base = baseOf(keys);
  const pairs = isFull ? whole.kex.flatMap((kex) => whole.ciphers.map((cipher) => pairRow(base, kex, cipher))) : [];
  return [
    ...whole.kex.map((kex): Row => ({ ...base, ...kexRowOf(whole, kex) })),
    ...whole.ciphers.map((cipher): Row => ({ ...base, ...cipherRowOf(whole, cipher) })),
    ...plainJs.ciphers.map((cipher): Row => ({ ...base, ...cipherRowOf(whole, cipher), group: 'cipher, in JavaScript', crypto: plainJs })),
    ...whole.macs.map((mac): Row => ({ ...base, ...macRowOf(whole, mac) })),
    ...Object.entries(keys.host).map(([name, signer]) => hostKeyRow(base, name, { signer })),
    secretRow(base, 'password'),
    secretRow(base, 'interactive'),
    ...Object.entries(keys.algorithms).map(([algorithm, key]) => keyRow(base, algorithm, key)),
    ...keys.certified.map((certified) => certificateRow(base, certified.algorithm, certified)),
    ...keys.fido.map((fido) => fidoRow(base, fido)),
    ...pairs,
  ];
}
