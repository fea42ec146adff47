/** What rows of both roles have in common: one algorithm that the engine offers alone, out of a whole offer. */
import type { AlgorithmOffer, CipherName, KexName, MacName, NegotiatedAlgorithms } from '@sallyport/ssh';
import type { PeerOffer } from '../kexinit.ts';

/** See the head of this file. */
export interface AlgorithmRow {
  readonly group: 'kex' | 'cipher' | 'mac';
  readonly name: string;
  readonly offer: AlgorithmOffer;
  /** What must have been agreed on. */
  readonly agreed: Partial<NegotiatedAlgorithms>;
  /** Whether the peer has it too. */
  isShared(offer: PeerOffer): boolean;
}

/** A MAC is negotiated beside it. */
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
