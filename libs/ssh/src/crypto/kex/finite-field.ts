/**
 * Diffie-Hellman in the fixed MODP groups (RFC 4253 §8, RFC 8268). Both exponentiations run on the thread pool: together they take 1.2 ms
 * for group14 and 6 ms for group16.
 */
import { createDiffieHellmanGroup, createPublicKey, diffieHellman, generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { SshProtocolError, SshReader, SshWriter } from '../../wire/index.js';
import type { KexHash, KexMethod, KexName } from './kex-method.js';
import { DerTag, derValue, readDer } from './der.js';

/** Milliseconds of both exponentiations of one side. */
const PRICES: Readonly<Record<Group, number>> = { modp2: 0.5, modp14: 1.2, modp16: 6 };

/** Group names of node:crypto: modp2 is Oakley group 2, which SSH calls group1. */
type Group = 'modp2' | 'modp14' | 'modp16';

type GenerateDh = (
  type: 'dh',
  options: { readonly group: Group },
  done: (error: Error | null, publicKey: KeyObject, privateKey: KeyObject) => void,
) => void;
/** @types/node lacks the type 'dh' of generateKeyPair. */
const generateDh = generateKeyPair as unknown as GenerateDh;

const generate = (group: Group): Promise<{ publicKey: KeyObject; privateKey: KeyObject }> =>
  new Promise((resolve, reject) => {
    generateDh('dh', { group }, (error, publicKey, privateKey) => (error ? reject(error) : resolve({ publicKey, privateKey })));
  });
const agree = promisify(diffieHellman);

const encodeMpint = (magnitude: Buffer): Buffer => new SshWriter(magnitude.length + 5).writeMpint(magnitude).finish();

/** Returns the content of an mpint field, without its length. */
const mpintContent = (magnitude: Buffer): Buffer => encodeMpint(magnitude).subarray(4);

const readPublicValue = (content: Buffer): Buffer =>
  new SshReader(new SshWriter(content.length + 4).writeString(content).finish()).readMpint();

const toBigInt = (bytes: Buffer): bigint => BigInt(`0x0${bytes.toString('hex')}`);

/** An ephemeral key of a group. `algorithm` is the DER of its AlgorithmIdentifier, which names the group (PKCS #3). */
interface OwnKey {
  readonly privateKey: KeyObject;
  readonly publicValue: Buffer;
  readonly algorithm: Buffer;
}

const newKey = async (group: Group): Promise<OwnKey> => {
  const { privateKey, publicKey } = await generate(group);
  const [algorithm, bits] = readDer(readDer(publicKey.export({ format: 'der', type: 'spki' }))[0]!.content);
  const [value] = readDer(bits!.content.subarray(1));
  return { privateKey, publicValue: mpintContent(value!.content), algorithm: algorithm!.whole };
};

/** Throws SshProtocolError unless 1 < value < p-1. RFC 4253 §8 allows 1 and p-1; their secrets are known, so OpenSSH refuses them too. */
const checkRange = (value: bigint, prime: bigint): void => {
  if (value <= 1n || value >= prime - 1n) throw SshProtocolError.keyExchange('Peer sent a Diffie-Hellman value out of range');
};

const importValue = ({ algorithm }: OwnKey, content: Buffer): KeyObject => {
  const bits = Buffer.concat([Buffer.of(0), derValue(DerTag.integer, content)]);
  const key = derValue(DerTag.sequence, Buffer.concat([algorithm, derValue(DerTag.bitString, bits)]));
  return createPublicKey({ key, format: 'der', type: 'spki' });
};

const secretWith = async (own: OwnKey, prime: bigint, peerContent: Buffer): Promise<Buffer> => {
  checkRange(toBigInt(readPublicValue(peerContent)), prime);
  try {
    return encodeMpint(await agree({ privateKey: own.privateKey, publicKey: importValue(own, peerContent) }));
  } catch (cause) {
    throw SshProtocolError.keyExchange('Peer sent an invalid Diffie-Hellman value', { cause });
  }
};

const finiteField = (name: KexName, group: Group, hash: KexHash, isLegacy: boolean): KexMethod => {
  const prime = toBigInt(createDiffieHellmanGroup(group).getPrime());
  return {
    name,
    hash,
    isLegacy,
    price: PRICES[group],
    startClient: async () => {
      const own = await newKey(group);
      return { clientValue: own.publicValue, finish: (serverValue) => secretWith(own, prime, serverValue) };
    },
    answerClient: async (clientValue) => {
      checkRange(toBigInt(readPublicValue(clientValue)), prime);
      const own = await newKey(group);
      return { serverValue: own.publicValue, encodedSecret: await secretWith(own, prime, clientValue) };
    },
  };
};

/** diffie-hellman-group16-sha512. */
export const group16Sha512 = finiteField('diffie-hellman-group16-sha512', 'modp16', 'sha512', false);

/** diffie-hellman-group14-sha256. */
export const group14Sha256 = finiteField('diffie-hellman-group14-sha256', 'modp14', 'sha256', false);

/** diffie-hellman-group14-sha1, legacy. */
export const group14Sha1 = finiteField('diffie-hellman-group14-sha1', 'modp14', 'sha1', true);

/** diffie-hellman-group1-sha1, legacy. */
export const group1Sha1 = finiteField('diffie-hellman-group1-sha1', 'modp2', 'sha1', true);
