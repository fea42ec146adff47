/**
 * ECDH over the NIST curves (RFC 5656 §4): values are uncompressed points, K is the x coordinate as an mpint. Both multiplications run on
 * the thread pool: together they take 2.7 ms for nistp384.
 */
import { createPublicKey, diffieHellman, generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { SshProtocolError, SshWriter } from '../../wire/index.js';
import type { KexHash, KexMethod, KexName } from './kex-method.js';

interface Curve {
  readonly namedCurve: string;
  readonly pointLength: number;
  readonly hash: KexHash;
  /** Milliseconds of both multiplications. */
  readonly price: number;
}

const P256: Curve = { namedCurve: 'P-256', pointLength: 65, hash: 'sha256', price: 0.2 };
const P384: Curve = { namedCurve: 'P-384', pointLength: 97, hash: 'sha384', price: 2.7 };

const generate = promisify(generateKeyPair);
const agree = promisify(diffieHellman);

/** An ephemeral key. `spkiPrefix` is the SubjectPublicKeyInfo of RFC 5480 §2 up to the point. */
interface OwnKey {
  readonly privateKey: KeyObject;
  readonly publicValue: Buffer;
  readonly spkiPrefix: Buffer;
}

const newKey = async ({ namedCurve, pointLength }: Curve): Promise<OwnKey> => {
  const { privateKey, publicKey } = await generate('ec', { namedCurve });
  const spki = publicKey.export({ format: 'der', type: 'spki' });
  return { privateKey, publicValue: spki.subarray(-pointLength), spkiPrefix: spki.subarray(0, -pointLength) };
};

/** Throws SshProtocolError unless the point is uncompressed: no other form is accepted, as in OpenSSH. */
const checkForm = ({ pointLength }: Curve, peer: Buffer): void => {
  if (peer.length !== pointLength || peer[0] !== 4) throw SshProtocolError.keyExchange('Peer sent a malformed ECDH point');
};

/** Returns the encoded secret. `createPublicKey` refuses points off the curve. */
const secretWith = async (curve: Curve, own: OwnKey, peer: Buffer): Promise<Buffer> => {
  checkForm(curve, peer);
  try {
    const publicKey = createPublicKey({ key: Buffer.concat([own.spkiPrefix, peer]), format: 'der', type: 'spki' });
    return new SshWriter(80).writeMpint(await agree({ privateKey: own.privateKey, publicKey })).finish();
  } catch (cause) {
    throw SshProtocolError.keyExchange('Peer sent an invalid ECDH point', { cause });
  }
};

const ecdh = (name: KexName, curve: Curve): KexMethod => ({
  name,
  hash: curve.hash,
  isLegacy: false,
  price: curve.price,
  startClient: async () => {
    const own = await newKey(curve);
    return { clientValue: own.publicValue, finish: (serverValue) => secretWith(curve, own, serverValue) };
  },
  answerClient: async (clientValue) => {
    checkForm(curve, clientValue);
    const own = await newKey(curve);
    return { serverValue: own.publicValue, encodedSecret: await secretWith(curve, own, clientValue) };
  },
});

/** ecdh-sha2-nistp256. */
export const ecdhNistp256 = ecdh('ecdh-sha2-nistp256', P256);

/** ecdh-sha2-nistp384. */
export const ecdhNistp384 = ecdh('ecdh-sha2-nistp384', P384);
