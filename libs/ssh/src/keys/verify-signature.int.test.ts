import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SshReader, SshWriter } from '../wire/index.js';
import {
  formatPublicKeyLine,
  parsePrivateKey,
  parsePublicKeyBlob,
  parsePublicKeyLine,
  publicKeyFromKeyObject,
  verifySignature,
  type PublicKey,
  type SignatureAlgorithm,
} from './index.js';
import { openKeygenFolder, readSshSig, type KeygenFolder } from './ssh-keygen.suite.js';

let folder: KeygenFolder;
let serial = 0;
beforeAll(() => {
  folder = openKeygenFolder();
});
afterAll(() => folder.remove());

const newKey = (type: string, ...size: string[]): string => {
  const name = `key${(serial += 1)}`;
  folder.keygen('-q', '-t', type, ...size, '-N', '', '-f', name);
  return name;
};

/** Returns the bytes that an SSHSIG signs (PROTOCOL.sshsig §3). */
const sshSigData = (message: Buffer): Buffer =>
  Buffer.concat([
    Buffer.from('SSHSIG'),
    new SshWriter()
      .writeString('file')
      .writeString('')
      .writeString('sha512')
      .writeString(createHash('sha512').update(message).digest())
      .finish(),
  ]);

/** Verifies a signature blob with ssh-keygen. */
const opensshAccepts = (key: PublicKey, message: Buffer, signature: Buffer): boolean => {
  const fields = new SshWriter()
    .writeUint32(1)
    .writeString(key.blob)
    .writeString('file')
    .writeString('')
    .writeString('sha512')
    .writeString(signature)
    .finish();
  const body = Buffer.concat([Buffer.from('SSHSIG'), fields])
    .toString('base64')
    .match(/.{1,70}/g)!
    .join('\n');
  writeFileSync(folder.path('signature'), `-----BEGIN SSH SIGNATURE-----\n${body}\n-----END SSH SIGNATURE-----\n`);
  writeFileSync(folder.path('signers'), `me ${formatPublicKeyLine(key)}\n`);
  writeFileSync(folder.path('message'), message);
  try {
    folder.run('/bin/sh', '-c', 'ssh-keygen -Y verify -f signers -I me -n file -s signature < message');
    return true;
  } catch {
    return false;
  }
};

const MESSAGE = Buffer.from('what was signed');
const PLAIN = [
  ['ed25519', [], 'ssh-ed25519'],
  ['ecdsa', ['-b', '256'], 'ecdsa-sha2-nistp256'],
  ['ecdsa', ['-b', '384'], 'ecdsa-sha2-nistp384'],
  ['ecdsa', ['-b', '521'], 'ecdsa-sha2-nistp521'],
  ['rsa', ['-b', '2048'], 'rsa-sha2-512'],
  ['rsa', ['-b', '3072'], 'rsa-sha2-512'],
] as const;

describe.each(PLAIN)('signatures of %s %j', (type, size, algorithm) => {
  it('made by ssh-keygen are accepted, and refused after any change', () => {
    const name = newKey(type, ...size);
    writeFileSync(folder.path('message'), MESSAGE);
    folder.run('/bin/sh', '-c', `ssh-keygen -q -Y sign -f ${name} -n file message 2>/dev/null; mv message.sig ${name}.sig`);
    const { publicKey, hash, signature } = readSshSig(folder.read(`${name}.sig`));
    expect(hash).toBe('sha512');
    const key = parsePublicKeyBlob(publicKey);
    const data = sshSigData(MESSAGE);
    expect(verifySignature(key, algorithm, data, signature)).toEqual({ isValid: true });
    expect(verifySignature(key, algorithm, sshSigData(Buffer.from('something else')), signature).isValid).toBe(false);
    const other = parsePublicKeyLine(folder.read(`${newKey(type, ...size)}.pub`)).key;
    expect(verifySignature(other, algorithm, data, signature).isValid).toBe(false);
    for (let at = 0; at < signature.length; at += 1) {
      const forged = Buffer.from(signature);
      forged[at]! ^= 1;
      expect(verifySignature(key, algorithm, data, forged).isValid).toBe(false);
    }
    for (let length = 0; length < signature.length; length += 1) {
      expect(verifySignature(key, algorithm, data, signature.subarray(0, length)).isValid).toBe(false);
    }
    expect(verifySignature(key, algorithm, data, Buffer.concat([signature, Buffer.alloc(1)])).isValid).toBe(false);
  });

  it('made by the engine are accepted by ssh-keygen', async () => {
    const key = await parsePrivateKey(folder.read(newKey(type, ...size)));
    for (const own of key.algorithms) expect(opensshAccepts(key.publicKey, MESSAGE, key.sign(own, sshSigData(MESSAGE)))).toBe(true);
    expect(opensshAccepts(key.publicKey, Buffer.from('another'), key.sign(key.algorithms[0]!, sshSigData(MESSAGE)))).toBe(false);
  });
});

describe('algorithm and key', () => {
  it('must be the negotiated ones: a valid signature under another name is refused', async () => {
    const key = await parsePrivateKey(folder.read(newKey('rsa', '-b', '2048')));
    const signature = key.sign('rsa-sha2-256', MESSAGE);
    expect(verifySignature(key.publicKey, 'rsa-sha2-256', MESSAGE, signature).isValid).toBe(true);
    expect(verifySignature(key.publicKey, 'rsa-sha2-512', MESSAGE, signature)).toEqual({
      isValid: false,
      reason: 'signature is of "rsa-sha2-256"; "rsa-sha2-512" was negotiated',
    });
    expect(verifySignature(key.publicKey, 'ssh-ed25519', MESSAGE, signature).isValid).toBe(false);
    expect(verifySignature(key.publicKey, 'constructor', MESSAGE, signature).isValid).toBe(false);
    expect(() => key.sign('ssh-ed25519', MESSAGE)).toThrow(RangeError);
  });

  it('with SHA-1 are refused unless the policy allows them', async () => {
    const key = await parsePrivateKey(folder.read(newKey('rsa', '-b', '2048')));
    expect(key.algorithms).toEqual(['rsa-sha2-512', 'rsa-sha2-256']);
    const signature = key.sign('ssh-rsa', MESSAGE);
    expect(verifySignature(key.publicKey, 'ssh-rsa', MESSAGE, signature)).toMatchObject({
      isValid: false,
      reason: expect.stringContaining('SHA-1'),
    });
    expect(verifySignature(key.publicKey, 'ssh-rsa', MESSAGE, signature, { allowsSha1: true })).toEqual({ isValid: true });
  });

  it('are refused if an RSA key is shorter than the policy requires', async () => {
    const key = await parsePrivateKey(folder.read(newKey('rsa', '-b', '1024')));
    const signature = key.sign('rsa-sha2-512', MESSAGE);
    expect(verifySignature(key.publicKey, 'rsa-sha2-512', MESSAGE, signature)).toMatchObject({
      isValid: false,
      reason: expect.stringContaining('1024 bits'),
    });
    expect(verifySignature(key.publicKey, 'rsa-sha2-512', MESSAGE, signature, { minRsaBits: 1024 }).isValid).toBe(true);
  });
});

/** Returns a FIDO authenticator in software, with the signatures of PROTOCOL.u2f. */
const authenticator = (algorithm: 'sk-ssh-ed25519@openssh.com' | 'sk-ecdsa-sha2-nistp256@openssh.com', application = 'ssh:') => {
  const isEd25519 = algorithm.startsWith('sk-ssh');
  const pair = isEd25519 ? generateKeyPairSync('ed25519') : generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const inner = new SshReader(publicKeyFromKeyObject(pair.publicKey).blob);
  inner.readString();
  const key = parsePublicKeyBlob(new SshWriter().writeString(algorithm).writeBytes(inner.readRest()).writeString(application).finish());
  const sha256 = (input: Buffer | string): Buffer => createHash('sha256').update(input).digest();
  const signAs = (data: Buffer, flags: number, counter = 7): Buffer => {
    const statement = new SshWriter().writeByte(flags).writeUint32(counter).finish();
    const signed = Buffer.concat([sha256(application), statement, sha256(data)]);
    const raw = isEd25519
      ? sign(null, signed, pair.privateKey)
      : sign('sha256', signed, { key: pair.privateKey, dsaEncoding: 'ieee-p1363' });
    const bytes = isEd25519 ? raw : new SshWriter().writeMpint(raw.subarray(0, 32)).writeMpint(raw.subarray(32)).finish();
    return new SshWriter().writeString(algorithm).writeString(bytes).writeBytes(statement).finish();
  };
  return { key, signAs };
};

describe.each(['sk-ssh-ed25519@openssh.com', 'sk-ecdsa-sha2-nistp256@openssh.com'] as const)(
  'FIDO signatures of %s',
  (algorithm: SignatureAlgorithm) => {
    const { key, signAs } = authenticator(algorithm as 'sk-ssh-ed25519@openssh.com');
    const TOUCHED = 1;
    const VERIFIED = 4;

    it('of the software authenticator are accepted by OpenSSH', () => {
      expect(opensshAccepts(key, MESSAGE, signAs(sshSigData(MESSAGE), TOUCHED))).toBe(true);
      expect(opensshAccepts(key, Buffer.from('another'), signAs(sshSigData(MESSAGE), TOUCHED))).toBe(false);
    });

    it('are accepted with a touch, and return the statements of the authenticator', () => {
      const result = verifySignature(key, algorithm, MESSAGE, signAs(MESSAGE, TOUCHED | VERIFIED, 99));
      expect(result).toEqual({ isValid: true, fido: { isTouched: true, isUserVerified: true, counter: 99 } });
    });

    it('without a touch are refused unless the policy allows them', () => {
      expect(verifySignature(key, algorithm, MESSAGE, signAs(MESSAGE, 0))).toEqual({
        isValid: false,
        reason: 'the authenticator was not touched',
      });
      expect(verifySignature(key, algorithm, MESSAGE, signAs(MESSAGE, 0), { requiresTouch: false }).isValid).toBe(true);
    });

    it('without user verification are refused if it is required', () => {
      const policy = { requiresUserVerification: true };
      expect(verifySignature(key, algorithm, MESSAGE, signAs(MESSAGE, TOUCHED), policy)).toMatchObject({
        isValid: false,
        reason: expect.stringContaining('did not verify'),
      });
      expect(verifySignature(key, algorithm, MESSAGE, signAs(MESSAGE, TOUCHED | VERIFIED), policy).isValid).toBe(true);
    });

    it('are refused with changed flags or counter, and for another application', () => {
      const signature = signAs(MESSAGE, 0);
      for (let at = signature.length - 5; at < signature.length; at += 1) {
        const forged = Buffer.from(signature);
        forged[at]! ^= 1;
        expect(verifySignature(key, algorithm, MESSAGE, forged, { requiresTouch: false }).isValid).toBe(false);
      }
      const reader = new SshReader(key.blob);
      const other = Buffer.concat([key.blob.subarray(0, key.blob.length - 8), new SshWriter().writeString('web:').finish()]);
      expect(reader.remaining).toBe(other.length);
      expect(verifySignature(parsePublicKeyBlob(other), algorithm, MESSAGE, signAs(MESSAGE, TOUCHED)).isValid).toBe(false);
    });
  },
);

describe('public key blobs', () => {
  it('truncated at any byte, with bytes after their end, or of random bytes are refused', () => {
    for (const [type, size] of PLAIN) {
      const { blob } = parsePublicKeyLine(folder.read(`${newKey(type, ...size)}.pub`)).key;
      for (let length = 0; length < blob.length; length += 1)
        expect(() => parsePublicKeyBlob(blob.subarray(0, length))).toThrow('Public key');
      expect(() => parsePublicKeyBlob(Buffer.concat([blob, Buffer.from([0])]))).toThrow('malformed');
    }
    for (let i = 0; i < 200; i += 1) expect(() => parsePublicKeyBlob(randomBytes(i))).toThrow();
  });

  it('of DSA, of RSA below 1024 bits and with an even exponent are refused', () => {
    const rsa = (e: string, n: Buffer) => new SshWriter().writeString('ssh-rsa').writeMpint(Buffer.from(e, 'hex')).writeMpint(n).finish();
    const modulus = Buffer.alloc(256, 0xab);
    modulus[255] = 1;
    expect(() => parsePublicKeyBlob(new SshWriter().writeString('ssh-dss').finish())).toThrow('"ssh-dss" is not supported');
    expect(() => parsePublicKeyBlob(rsa('010001', modulus.subarray(0, 127)))).toThrow('1016 bits');
    for (const exponent of ['', '01', '02', 'ffffffffffffffffff'])
      expect(() => parsePublicKeyBlob(rsa(exponent, modulus))).toThrow('exponent');
    expect(parsePublicKeyBlob(rsa('010001', modulus)).bits).toBe(2048);
  });
});
