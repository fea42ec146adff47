/** The rows that exist in both roles: the engine offers one algorithm of its whole offer alone. */
import type { AlgorithmOffer, CipherName, KexName, MacName, NegotiatedAlgorithms } from '@sallyport/ssh';
import type { PeerOffer } from '../kexinit.ts';

/** See the head of this file. */
export interface AlgorithmRow {
  readonly group: 'kex' | 'cipher' | 'mac';
  readonly name: string;
  readonly offer: AlgorithmOffer;
  /** The expected algorithms. */
  readonly agreed: Partial<NegotiatedAlgorithms>;
  /** Returns true if the peer supports the algorithm. */
  isShared(offer: PeerOffer): boolean;
}

/** A cipher with which a MAC is negotiated. */
const NOT_AEAD: CipherName = 'aes256-ctr';
const needsMac = (cipher: CipherName): boolean => /-(ctr|cbc)$/.test(cipher);

export const kexRowOf = (whole: AlgorithmOffer, kex: KexName): AlgorithmRow => ({
  group: 'kex',
  name: kex,
  offer: { ...whole, kex: [kex] },
  agreed: { kex },
  isShared: (offer) => offer.kex.includes(kex),
});

export const cipherRowOf = (whole: AlgorithmOffer, cipher: CipherName): AlgorithmRow => ({
  group: 'cipher',
  name: cipher,
  offer: { ...whole, ciphers: [cipher] },
  agreed: { cipherToServer: cipher, cipherToClient: cipher },
  isShared: ({ ciphers, macs }) => ciphers.includes(cipher) && (!needsMac(cipher) || whole.macs.some((mac) => macs.includes(mac))),
});

export const macRowOf = (whole: AlgorithmOffer, mac: MacName): AlgorithmRow => ({
  group: 'mac',
  name: mac,
  offer: { ...whole, ciphers: [NOT_AEAD], macs: [mac] },
  agreed: { macToServer: mac, macToClient: mac },
  isShared: ({ ciphers, macs }) => ciphers.includes(NOT_AEAD) && macs.includes(mac),
});
