/**
 * Diffie-Hellman in the fixed MODP groups (RFC 4253 §8, RFC 8268). It blocks the event loop for milliseconds (group14 0.9 ms,
 * group16 3.3 ms), so it is last in every offer.
 */
import { createDiffieHellmanGroup, type DiffieHellmanGroup } from 'node:crypto';
import { SshProtocolError, SshReader, SshWriter } from '../../wire/index.js';
import type { KexHash, KexMethod, KexName } from './kex-method.js';

/** Group names of node:crypto: modp2 is Oakley group 2, which SSH calls group1. */
type Group = 'modp2' | 'modp14' | 'modp16';

const encodeMpint = (magnitude: Buffer): Buffer => new SshWriter(magnitude.length + 5).writeMpint(magnitude).finish();

/** Returns the content of an mpint field, without its length. */
const mpintContent = (magnitude: Buffer): Buffer => encodeMpint(magnitude).subarray(4);

const readPublicValue = (content: Buffer): Buffer =>
  new SshReader(new SshWriter(content.length + 4).writeString(content).finish()).readMpint();

/** Throws SshProtocolError unless 1 < value < p-1. RFC 4253 §8 allows 1 and p-1; their secrets are known, so OpenSSH refuses them too. */
const checkRange = (value: bigint, prime: bigint): void => {
  if (value <= 1n || value >= prime - 1n) throw SshProtocolError.keyExchange('Peer sent a Diffie-Hellman value out of range');
};

const toBigInt = (bytes: Buffer): bigint => BigInt(`0x0${bytes.toString('hex')}`);

const secretWith = (own: DiffieHellmanGroup, peerContent: Buffer): Buffer => {
  const peer = readPublicValue(peerContent);
  checkRange(toBigInt(peer), toBigInt(own.getPrime()));
  try {
    return encodeMpint(own.computeSecret(peer));
  } catch (cause) {
    throw SshProtocolError.keyExchange('Peer sent an invalid Diffie-Hellman value', { cause });
  }
};

const finiteField = (name: KexName, group: Group, hash: KexHash, isLegacy: boolean): KexMethod => ({
  name,
  hash,
  isLegacy,
  startClient: () => {
    const own = createDiffieHellmanGroup(group);
    return { clientValue: mpintContent(own.generateKeys()), finish: (serverValue) => secretWith(own, serverValue) };
  },
  answerClient: (clientValue) => {
    const own = createDiffieHellmanGroup(group);
    const serverValue = mpintContent(own.generateKeys());
    return { serverValue, encodedSecret: secretWith(own, clientValue) };
  },
});

/** diffie-hellman-group16-sha512. */
export const group16Sha512 = finiteField('diffie-hellman-group16-sha512', 'modp16', 'sha512', false);

/** diffie-hellman-group14-sha256. */
export const group14Sha256 = finiteField('diffie-hellman-group14-sha256', 'modp14', 'sha256', false);

/** diffie-hellman-group14-sha1, legacy. */
export const group14Sha1 = finiteField('diffie-hellman-group14-sha1', 'modp14', 'sha1', true);

/** diffie-hellman-group1-sha1, legacy. */
export const group1Sha1 = finiteField('diffie-hellman-group1-sha1', 'modp2', 'sha1', true);
