import {
  createDiffieHellmanGroup,
  createECDH,
  createHash,
  createPrivateKey,
  createPublicKey,
  decapsulate,
  diffieHellman,
  encapsulate,
  generateKeyPairSync,
} from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { DisconnectReason, SshReader, SshWriter } from '../../wire/index.js';
import { KEX_METHODS, LEGACY_KEX, MODERN_KEX, type KexName } from '../index.js';
import { x25519Secret } from './x25519.js';

const hex = (text: string): Buffer => Buffer.from(text, 'hex');
const names = [...MODERN_KEX, ...LEGACY_KEX];
const refusal = expect.objectContaining({ name: 'SshProtocolError', reason: DisconnectReason.KEY_EXCHANGE_FAILED });
const malformed = expect.objectContaining({ name: 'SshProtocolError' });

const X25519_PKCS8 = hex('302e020100300506032b656e04220420');
const X25519_SPKI = hex('302a300506032b656e032100');
const KEM_SPKI = hex('308204b2300b0609608648016503040402038204a100');

/** Points of low order on Curve25519, which force a known secret. */
const LOW_ORDER = [
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
  '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
];

const thrownBy = async (attempt: () => unknown): Promise<unknown> => {
  try {
    return await attempt();
  } catch (error) {
    return error;
  }
};

describe.each(names)('%s', (name) => {
  const method = KEX_METHODS[name];

  it('computes the same secret on both sides, and a new one each time', async () => {
    const secrets: string[] = [];
    for (let round = 0; round < 2; round += 1) {
      const client = await method.startClient();
      const server = await method.answerClient(client.clientValue);
      expect(await client.finish(server.serverValue)).toEqual(server.encodedSecret);
      secrets.push(server.encodedSecret.toString('hex'));
    }
    expect(secrets[0]).not.toBe(secrets[1]);
  });

  it('encodes the secret as one field, with its length', async () => {
    const { encodedSecret } = await method.answerClient((await method.startClient()).clientValue);
    const reader = new SshReader(encodedSecret);
    reader.readString();
    expect(reader.remaining).toBe(0);
  });

  it('refuses an empty, a truncated and a too long value', async () => {
    const { clientValue } = await method.startClient();
    const wrong = [Buffer.alloc(0), clientValue.subarray(0, 8).fill(0), Buffer.concat([clientValue, Buffer.alloc(300)])];
    for (const value of wrong) {
      expect(await thrownBy(() => method.answerClient(value))).toEqual(malformed);
      expect(await thrownBy(async () => (await method.startClient()).finish(value))).toEqual(malformed);
    }
  });
});

describe('curve25519', () => {
  it('computes the secret of RFC 7748 §6.1', () => {
    const alice = hex('77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a');
    const bob = hex('de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f');
    const privateKey = createPrivateKey({ key: Buffer.concat([X25519_PKCS8, alice]), format: 'der', type: 'pkcs8' });
    expect(x25519Secret(privateKey, bob)).toEqual(hex('4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742'));
  });

  it('encodes the secret as an mpint of its bytes in order (RFC 8731 §3.1)', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('x25519');
    const own = publicKey.export({ format: 'der', type: 'spki' }).subarray(12);
    const answer = await KEX_METHODS['curve25519-sha256'].answerClient(own);
    const peer = createPublicKey({ key: Buffer.concat([X25519_SPKI, answer.serverValue]), format: 'der', type: 'spki' });
    const secret = diffieHellman({ privateKey, publicKey: peer });
    expect(answer.encodedSecret).toEqual(new SshWriter().writeMpint(secret).finish());
  });

  it.each(LOW_ORDER)('refuses the low-order value %s', async (point) => {
    expect(await thrownBy(() => KEX_METHODS['curve25519-sha256'].answerClient(hex(point)))).toEqual(refusal);
    const server = (await KEX_METHODS['mlkem768x25519-sha256'].startClient()).clientValue;
    expect(
      await thrownBy(() => KEX_METHODS['mlkem768x25519-sha256'].answerClient(Buffer.concat([server.subarray(0, 1184), hex(point)]))),
    ).toEqual(refusal);
  });
});

describe('mlkem768x25519-sha256', () => {
  const method = KEX_METHODS['mlkem768x25519-sha256'];

  it('answers a client that follows the draft: key ‖ X25519 in, ciphertext ‖ X25519 out, K = SHA-256 of both secrets as a string', async () => {
    const kem = generateKeyPairSync('ml-kem-768');
    const x = generateKeyPairSync('x25519');
    const clientValue = Buffer.concat([
      kem.publicKey.export({ format: 'der', type: 'spki' }).subarray(KEM_SPKI.length),
      x.publicKey.export({ format: 'der', type: 'spki' }).subarray(12),
    ]);
    expect(clientValue).toHaveLength(1216);
    const { serverValue, encodedSecret } = await method.answerClient(clientValue);
    expect(serverValue).toHaveLength(1120);
    const peer = createPublicKey({ key: Buffer.concat([X25519_SPKI, serverValue.subarray(1088)]), format: 'der', type: 'spki' });
    const secrets = [
      decapsulate(kem.privateKey, serverValue.subarray(0, 1088)),
      diffieHellman({ privateKey: x.privateKey, publicKey: peer }),
    ];
    const expected = createHash('sha256').update(Buffer.concat(secrets)).digest();
    expect(encodedSecret).toEqual(new SshWriter().writeString(expected).finish());
  });

  it('finishes with a server that follows the draft', async () => {
    const client = await method.startClient();
    const kemKey = createPublicKey({ key: Buffer.concat([KEM_SPKI, client.clientValue.subarray(0, 1184)]), format: 'der', type: 'spki' });
    const { sharedKey, ciphertext } = encapsulate(kemKey);
    const x = generateKeyPairSync('x25519');
    const peer = createPublicKey({ key: Buffer.concat([X25519_SPKI, client.clientValue.subarray(1184)]), format: 'der', type: 'spki' });
    const expected = createHash('sha256')
      .update(sharedKey)
      .update(diffieHellman({ privateKey: x.privateKey, publicKey: peer }))
      .digest();
    const serverValue = Buffer.concat([ciphertext, x.publicKey.export({ format: 'der', type: 'spki' }).subarray(12)]);
    expect(await client.finish(serverValue)).toEqual(new SshWriter().writeString(expected).finish());
  });

  it('refuses an encapsulation key whose numbers exceed the modulus (FIPS 203 §7.2)', async () => {
    const { clientValue } = await method.startClient();
    const forged = Buffer.concat([Buffer.alloc(3, 0xff), clientValue.subarray(3)]);
    expect(await thrownBy(() => method.answerClient(forged))).toEqual(refusal);
  });
});

describe.each([
  ['ecdh-sha2-nistp256', 'prime256v1'],
  ['ecdh-sha2-nistp384', 'secp384r1'],
] as const)('%s', (name: KexName, curve) => {
  const point = (format?: 'compressed'): Buffer => {
    const ecdh = createECDH(curve);
    ecdh.generateKeys();
    return format === undefined ? ecdh.getPublicKey() : ecdh.getPublicKey(null, format);
  };

  it('refuses points off the curve, in compressed form, or at infinity', async () => {
    const offCurve = point();
    offCurve[offCurve.length - 1]! ^= 1;
    for (const value of [
      offCurve,
      point('compressed'),
      Buffer.from([0]),
      Buffer.concat([Buffer.from([4]), Buffer.alloc(point().length - 1)]),
    ]) {
      expect(await thrownBy(() => KEX_METHODS[name].answerClient(value))).toEqual(refusal);
      expect(await thrownBy(async () => (await KEX_METHODS[name].startClient()).finish(value))).toEqual(refusal);
    }
  });
});

describe.each([
  ['diffie-hellman-group16-sha512', 'modp16'],
  ['diffie-hellman-group14-sha256', 'modp14'],
  ['diffie-hellman-group1-sha1', 'modp2'],
] as const)('%s', (name: KexName, group) => {
  const prime = BigInt(`0x${createDiffieHellmanGroup(group).getPrime('hex')}`);
  const content = (value: bigint): Buffer => {
    const text = value.toString(16);
    return new SshWriter()
      .writeMpint(hex(text.length % 2 === 0 ? text : `0${text}`))
      .finish()
      .subarray(4);
  };

  it('refuses 0, 1, p-1, p, p+1 and negative numbers, whose secrets are known or useless', async () => {
    for (const value of [content(0n), content(1n), content(prime - 1n), content(prime), content(prime + 1n), Buffer.alloc(256, 0xff)]) {
      expect(await thrownBy(() => KEX_METHODS[name].answerClient(value))).toEqual(malformed);
      expect(await thrownBy(async () => (await KEX_METHODS[name].startClient()).finish(value))).toEqual(malformed);
    }
  });
});

it.each(['diffie-hellman-group16-sha512', 'ecdh-sha2-nistp384'] as const)(
  'a flood of %s exchanges leaves the event loop to other connections',
  async (name) => {
    const method = KEX_METHODS[name];
    const { clientValue } = await method.startClient();
    let answered = 0;
    const answers = Array.from({ length: 20 }, () => method.answerClient(clientValue).then(() => (answered += 1)));
    for (let step = 0; step < 1000; step += 1) await Promise.resolve(); // everything that needs no turn of the event loop
    expect(answered).toBe(0); // computed on the event loop, all are done by now
    await Promise.all(answers);
    expect(answered).toBe(20);
  },
);

describe('the offer', () => {
  it('starts with the post-quantum hybrid, ends with finite fields and contains SHA-1 only in the legacy list', () => {
    expect(MODERN_KEX[0]).toBe('mlkem768x25519-sha256');
    expect(MODERN_KEX.slice(-2).every((name) => name.startsWith('diffie-hellman'))).toBe(true);
    expect(MODERN_KEX.some((name) => KEX_METHODS[name].isLegacy || KEX_METHODS[name].hash === 'sha1')).toBe(false);
    expect(LEGACY_KEX.every((name) => KEX_METHODS[name].isLegacy)).toBe(true);
  });
});
