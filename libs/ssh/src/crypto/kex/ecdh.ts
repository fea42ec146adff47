/** ECDH over the NIST curves (RFC 5656 §4): values are uncompressed points, K is the x coordinate as an mpint. */
import { createECDH } from 'node:crypto';
import { SshProtocolError, SshWriter } from '../../wire/index.js';
import type { KexHash, KexMethod, KexName } from './kex-method.js';

interface Curve {
  readonly opensslName: string;
  readonly pointLength: number;
  readonly hash: KexHash;
}

const P256: Curve = { opensslName: 'prime256v1', pointLength: 65, hash: 'sha256' };
const P384: Curve = { opensslName: 'secp384r1', pointLength: 97, hash: 'sha384' };

/** Returns the encoded secret. Only uncompressed points are accepted, as in OpenSSH; `computeSecret` refuses points off the curve. */
const secretWith = (curve: Curve, own: ReturnType<typeof createECDH>, peer: Buffer): Buffer => {
  if (peer.length !== curve.pointLength || peer[0] !== 4) throw SshProtocolError.keyExchange('Peer sent a malformed ECDH point');
  try {
    return new SshWriter(80).writeMpint(own.computeSecret(peer)).finish();
  } catch (cause) {
    throw SshProtocolError.keyExchange('Peer sent an invalid ECDH point', { cause });
  }
};

const ecdh = (name: KexName, curve: Curve): KexMethod => ({
  name,
  hash: curve.hash,
  isLegacy: false,
  startClient: () => {
    const own = createECDH(curve.opensslName);
    return { clientValue: own.generateKeys(), finish: (serverValue) => secretWith(curve, own, serverValue) };
  },
  answerClient: (clientValue) => {
    const own = createECDH(curve.opensslName);
    const serverValue = own.generateKeys();
    return { serverValue, encodedSecret: secretWith(curve, own, clientValue) };
  },
});

/** ecdh-sha2-nistp256. */
export const ecdhNistp256 = ecdh('ecdh-sha2-nistp256', P256);

/** ecdh-sha2-nistp384. */
export const ecdhNistp384 = ecdh('ecdh-sha2-nistp384', P384);
