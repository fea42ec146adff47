import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SshReader, SshWriter } from '../wire/index.js';
import {
  checkCertificate,
  parseCertificate,
  parseOfferedKey,
  parsePrivateKey,
  parsePublicKeyLine,
  parseRevocationList,
  verifySignature,
  type Certificate,
  type CertificatePolicy,
  type PrivateKey,
  type PublicKey,
} from './index.js';
import { blobOfLine, openKeygenFolder, type KeygenFolder } from './ssh-keygen.suite.js';

let folder: KeygenFolder;
let authority: PublicKey;
let stranger: PublicKey;
let serial = 0;

const NOW = Date.UTC(2026, 5, 1) / 1000;
const VALID = ['-V', '20260101000000Z:20270101000000Z'];

const publicKeyOf = (name: string): PublicKey => parsePublicKeyLine(folder.read(`${name}.pub`)).key as PublicKey;

beforeAll(() => {
  folder = openKeygenFolder();
  for (const name of ['ca', 'stranger']) folder.keygen('-q', '-t', 'ed25519', '-N', '', '-f', name);
  [authority, stranger] = [publicKeyOf('ca'), publicKeyOf('stranger')];
});
afterAll(() => folder.remove());

/** Generates a key and certifies it with ssh-keygen. Returns the name of the key file. */
const certify = (args: string[], { type = 'ed25519', size = [] as string[], ca = 'ca' } = {}): string => {
  const name = `key${(serial += 1)}`;
  folder.keygen('-q', '-t', type, ...size, '-N', '', '-f', name);
  folder.keygen('-q', '-s', ca, '-I', 'alice@example', ...args, `${name}.pub`);
  return name;
};

const certificateOf = (name: string): Certificate => parseCertificate(blobOfLine(folder.read(`${name}-cert.pub`)));

const userPolicy = (more: Partial<CertificatePolicy> = {}): CertificatePolicy => ({
  role: 'user',
  authorities: [authority],
  principals: ['alice'],
  nowSeconds: NOW,
  sourceAddress: '192.0.2.7',
  ...more,
});

const reasonOf = (certificate: Certificate, more: Partial<CertificatePolicy> = {}): string => {
  const verdict = checkCertificate(certificate, userPolicy(more));
  return verdict.isAccepted ? 'accepted' : verdict.reason;
};

describe('certificates made by ssh-keygen', () => {
  it.each([
    ['ed25519', [], 'ssh-ed25519-cert-v01@openssh.com'],
    ['ecdsa', ['-b', '256'], 'ecdsa-sha2-nistp256-cert-v01@openssh.com'],
    ['ecdsa', ['-b', '521'], 'ecdsa-sha2-nistp521-cert-v01@openssh.com'],
    ['rsa', ['-b', '2048'], 'rsa-sha2-512-cert-v01@openssh.com'],
  ] as const)('are accepted, with signatures of their key: %s %j', async (type, size, algorithm) => {
    const name = certify(['-n', 'alice,root', '-z', '42', ...VALID], { type, size: [...size] });
    const certificate = parseOfferedKey(algorithm, blobOfLine(folder.read(`${name}-cert.pub`))) as Certificate;
    expect(certificate).toMatchObject({ role: 'user', serial: 42n, keyId: 'alice@example', principals: ['alice', 'root'] });
    expect([certificate.validAfter, certificate.validBefore]).toEqual([
      BigInt(Date.UTC(2026, 0, 1) / 1000),
      BigInt(Date.UTC(2027, 0, 1) / 1000),
    ]);
    expect(certificate.publicKey.blob).toEqual(blobOfLine(folder.read(`${name}.pub`)));
    expect(certificate.signatureKey.blob).toEqual(authority.blob);
    expect(reasonOf(certificate)).toBe('accepted');
    const key = await parsePrivateKey(folder.read(name));
    const signature = key.sign(key.algorithms[0]!, Buffer.from('session'));
    expect(verifySignature(certificate, algorithm, Buffer.from('session'), signature)).toEqual({ isValid: true });
  });

  it.each([
    ['ecdsa', ['-b', '384']],
    ['rsa', ['-b', '3072']],
  ] as const)('are accepted from an authority of type %s %j', (type, size) => {
    const ca = `ca-${type}`;
    folder.keygen('-q', '-t', type, ...size, '-N', '', '-f', ca);
    const certificate = certificateOf(certify(['-n', 'alice', ...VALID], { ca }));
    expect(reasonOf(certificate, { authorities: [stranger, publicKeyOf(ca)] })).toBe('accepted');
  });

  it('signed by an RSA authority with SHA-1 are refused unless legacy is allowed', () => {
    folder.keygen('-q', '-t', 'rsa', '-b', '2048', '-N', '', '-f', 'ca-sha1');
    const name = `key${(serial += 1)}`;
    folder.keygen('-q', '-t', 'ed25519', '-N', '', '-f', name);
    folder.keygen('-q', '-t', 'ssh-rsa', '-s', 'ca-sha1', '-I', 'old', '-n', 'alice', `${name}.pub`);
    const blob = blobOfLine(folder.read(`${name}-cert.pub`));
    expect(() => parseCertificate(blob)).toThrow('SHA-1');
    expect(parseCertificate(blob, { allowsLegacy: true }).signatureAlgorithm).toBe('ssh-rsa');
  });
});

describe('a certificate is refused', () => {
  it('before its validity, after it, and at its last second', () => {
    const certificate = certificateOf(certify(['-n', 'alice', ...VALID]));
    const [start, end] = [Date.UTC(2026, 0, 1) / 1000, Date.UTC(2027, 0, 1) / 1000];
    expect(reasonOf(certificate, { nowSeconds: start - 1 })).toBe('it is not valid yet');
    expect(reasonOf(certificate, { nowSeconds: start })).toBe('accepted');
    expect(reasonOf(certificate, { nowSeconds: end - 0.001 })).toBe('accepted');
    expect(reasonOf(certificate, { nowSeconds: end })).toBe('it has expired');
  });

  it('after its validity, except one that is valid forever', () => {
    expect(reasonOf(certificateOf(certify(['-n', 'alice', '-V', 'always:forever'])), { nowSeconds: 2 ** 40 })).toBe('accepted');
  });

  it('for another principal, or without principals', () => {
    expect(reasonOf(certificateOf(certify(['-n', 'bob,Alice,alice2,*', ...VALID])))).toBe('it is not for "alice"');
    expect(reasonOf(certificateOf(certify(VALID)))).toBe('it names no principals');
  });

  it('of the other type', () => {
    const host = certificateOf(certify(['-h', '-n', 'alice', ...VALID]));
    const user = certificateOf(certify(['-n', 'alice', ...VALID]));
    expect(reasonOf(host)).toBe('it is a host certificate; a user certificate is needed');
    expect(reasonOf(user, { role: 'host' })).toBe('it is a user certificate; a host certificate is needed');
    expect(reasonOf(host, { role: 'host' })).toBe('accepted');
  });

  it('from an authority that is not trusted', () => {
    const certificate = certificateOf(certify(['-n', 'alice', ...VALID]));
    expect(reasonOf(certificate, { authorities: [stranger] })).toBe('its authority is not trusted');
    expect(reasonOf(certificate, { authorities: [] })).toBe('its authority is not trusted');
  });

  it('with any changed bit', () => {
    const blob = blobOfLine(folder.read(`${certify(['-n', 'alice', ...VALID])}-cert.pub`));
    for (let at = 0; at < blob.length; at += 1) {
      const forged = Buffer.from(blob);
      forged[at]! ^= 1 << (at % 8);
      expect(() => parseCertificate(forged)).toThrow(/Certificate|Public key|Key type|Ed25519/);
    }
  });

  it('when it is truncated or followed by bytes', () => {
    const blob = blobOfLine(folder.read(`${certify(['-n', 'alice', ...VALID])}-cert.pub`));
    for (let length = 0; length < blob.length; length += 1) expect(() => parseCertificate(blob.subarray(0, length))).toThrow();
    expect(() => parseCertificate(Buffer.concat([blob, Buffer.alloc(1)]))).toThrow('malformed');
  });
});

describe('critical options and extensions', () => {
  it('of ssh-keygen become grants', () => {
    const plain = checkCertificate(certificateOf(certify(['-n', 'alice', ...VALID])), userPolicy());
    expect(plain).toMatchObject({
      isAccepted: true,
      grants: {
        permitsPty: true,
        permitsPortForwarding: true,
        permitsAgentForwarding: true,
        permitsX11Forwarding: true,
        permitsUserRc: true,
        requiresTouch: true,
        requiresUserVerification: false,
      },
    });
    expect(plain).not.toHaveProperty('grants.forceCommand');
    const tight = certify([
      '-n',
      'alice',
      ...VALID,
      '-O',
      'clear',
      '-O',
      'permit-pty',
      '-O',
      'force-command=/bin/date -u',
      '-O',
      'verify-required',
      '-O',
      'no-touch-required',
    ]);
    expect(checkCertificate(certificateOf(tight), userPolicy())).toEqual({
      isAccepted: true,
      grants: {
        forceCommand: '/bin/date -u',
        permitsPty: true,
        permitsPortForwarding: false,
        permitsAgentForwarding: false,
        permitsX11Forwarding: false,
        permitsUserRc: false,
        requiresTouch: false,
        requiresUserVerification: true,
      },
    });
  });

  it('limit the source address, and refuse an unknown address', () => {
    const certificate = certificateOf(certify(['-n', 'alice', ...VALID, '-O', 'source-address=192.0.2.0/24,2001:db8::/32']));
    for (const address of ['192.0.2.255', '::ffff:192.0.2.1', '2001:db8:1::2'])
      expect(reasonOf(certificate, { sourceAddress: address })).toBe('accepted');
    for (const address of ['192.0.3.1', '2001:db9::1', '::ffff:192.0.3.1', 'localhost', ''])
      expect(reasonOf(certificate, { sourceAddress: address })).toContain('may not be used from');
    const { sourceAddress, ...withoutAddress } = userPolicy();
    expect(sourceAddress).toBeDefined();
    expect(checkCertificate(certificate, withoutAddress)).toMatchObject({ isAccepted: false });
  });

  it('that are unknown cause a refusal if critical and are ignored otherwise', () => {
    const unknown = certificateOf(certify(['-n', 'alice', ...VALID, '-O', 'critical:door@example=shut']));
    expect(unknown.criticalOptions.get('door@example')).toBe('shut');
    expect(reasonOf(unknown)).toBe('its critical option "door@example" is not supported');
    expect(reasonOf(certificateOf(certify(['-n', 'alice', ...VALID, '-O', 'extension:door@example=open'])))).toBe('accepted');
  });
});

describe('malformed certificates with a correct signature', () => {
  let caKey: PrivateKey;
  beforeAll(async () => {
    caKey = await parsePrivateKey(folder.read('ca'));
  });

  interface Draft {
    type?: number;
    principals?: Buffer;
    critical?: Buffer;
    signatureKey?: Buffer;
    signer?: PrivateKey;
  }

  /** Returns a correctly signed certificate for the stranger's key in which one field is wrong. */
  const draft = ({
    type = 1,
    principals = new SshWriter().writeString('alice').finish(),
    critical = Buffer.alloc(0),
    signatureKey,
    signer = caKey,
  }: Draft): Buffer => {
    const key = new SshReader(stranger.blob);
    key.readString();
    const signed = new SshWriter(1024)
      .writeString('ssh-ed25519-cert-v01@openssh.com')
      .writeString('nonce')
      .writeBytes(key.readRest())
      .writeUint64(1n)
      .writeUint32(type)
      .writeString('id')
      .writeString(principals)
      .writeUint64(0n)
      .writeUint64(2n ** 64n - 1n)
      .writeString(critical)
      .writeString('')
      .writeString('')
      .writeString(signatureKey ?? authority.blob)
      .finish();
    return new SshWriter(2048).writeBytes(signed).writeString(signer.sign('ssh-ed25519', signed)).finish();
  };

  const option = (name: string, value?: string): Buffer =>
    new SshWriter()
      .writeString(name)
      .writeString(value === undefined ? '' : new SshWriter().writeString(value).finish())
      .finish();

  it('are refused, whereas the unmodified draft is accepted', () => {
    expect(reasonOf(parseCertificate(draft({})))).toBe('accepted');
    expect(() => parseCertificate(draft({ type: 3 }))).toThrow('neither for a user nor for a host');
    expect(() => parseCertificate(draft({ principals: Buffer.from([0, 0, 0, 9, 1]) }))).toThrow('malformed');
    expect(() =>
      parseCertificate(draft({ critical: Buffer.concat([option('force-command', 'a'), option('force-command', 'b')]) })),
    ).toThrow('repeated');
    expect(() =>
      parseCertificate(draft({ critical: Buffer.concat([option('source-address', '::/0'), option('force-command', 'b')]) })),
    ).toThrow('out of order');
    expect(reasonOf(parseCertificate(draft({ critical: option('force-command') })))).toContain('has no value');
    expect(reasonOf(parseCertificate(draft({ critical: option('source-address', '') })))).toContain('has no value');
    expect(reasonOf(parseCertificate(draft({ critical: option('source-address', '192.0.2.0/24,nonsense') })))).toContain('may not be used');
    expect(reasonOf(parseCertificate(draft({ critical: option('constructor', 'x') })))).toContain('not supported');
  });

  it('are refused if a certificate signed them, even that of the authority', () => {
    folder.keygen('-q', '-s', 'ca', '-I', 'sub', '-n', 'alice', ...VALID, 'ca.pub');
    const nested = draft({ signatureKey: blobOfLine(folder.read('ca-cert.pub')) });
    expect(() => parseCertificate(nested)).toThrow('signed by another certificate');
  });

  it('are refused if another key than the stated one signed them', async () => {
    const forged = draft({ signer: await parsePrivateKey(folder.read('stranger')) });
    expect(() => parseCertificate(forged)).toThrow(expect.objectContaining({ problem: 'bad-signature' }));
  });

  it('are not accepted as a plain key, nor a plain key as a certificate', () => {
    expect(() => parseOfferedKey('ssh-ed25519', draft({}))).toThrow('needs "ssh-ed25519"');
    expect(() => parseOfferedKey('ssh-ed25519-cert-v01@openssh.com', stranger.blob)).toThrow('needs "ssh-ed25519-cert-v01@openssh.com"');
  });
});

describe('host certificates', () => {
  it('match the host name that was dialed, with wildcards and in any case', () => {
    const certificate = certificateOf(certify(['-h', '-n', 'db1.example,*.Web.example', ...VALID]));
    const host = (name: string): string => reasonOf(certificate, { role: 'host', principals: [name] });
    for (const name of ['db1.example', 'DB1.example', 'a.web.example', 'a.b.web.example']) expect(host(name)).toBe('accepted');
    for (const name of ['db2.example', 'web.example', 'db1.example.evil', 'xdb1.example']) expect(host(name)).toContain('it is not for');
  });
});

describe('revocation lists', () => {
  const revoked = (file: string | Buffer, name: string): string =>
    reasonOf(certificateOf(name), { revocations: parseRevocationList(Buffer.from(file)) });
  const krl = (spec: string, ...args: string[]): Buffer => {
    writeFileSync(folder.path('spec'), spec);
    folder.keygen('-q', '-k', '-f', 'krl', ...args, 'spec');
    return Buffer.from(folder.run('/bin/sh', '-c', 'base64 -w0 krl'), 'base64');
  };
  const numbered = (number: number): string => certify(['-n', 'alice', '-z', String(number), ...VALID]);

  it.each([
    ['serial: 7', [7], [6, 8]],
    ['serial: 10-20', [10, 15, 20], [9, 21]],
    ['serial: 1\nserial: 3\nserial: 5\nserial: 64\nserial: 70\nserial: 71', [1, 3, 5, 64, 70, 71], [2, 4, 63, 65, 72]],
    ['serial: 100-3000000\nserial: 9000000', [100, 3_000_000, 9_000_000], [99, 3_000_001]],
  ] as const)('made by ssh-keygen -k from %j revoke those serials and no others', (spec, inside, outside) => {
    const file = krl(spec, '-s', 'ca.pub');
    for (const number of inside) expect(revoked(file, numbered(number))).toBe('it is revoked');
    for (const number of outside) expect(revoked(file, numbered(number))).toBe('accepted');
  });

  it('revoke serials of one authority only', () => {
    const file = krl('serial: 7', '-s', 'stranger.pub');
    expect(revoked(file, numbered(7))).toBe('accepted');
  });

  it('revoke by key id, by key, by hash, and with their authority', () => {
    const name = numbered(5);
    const other = certify(['-n', 'alice', '-z', '6', ...VALID]);
    const pub = folder.read(`${name}.pub`).trim();
    const sha256 = folder.keygen('-l', '-f', `${name}.pub`).split(' ')[1]!;
    expect(revoked(krl('id: alice@example', '-s', 'ca.pub'), name)).toBe('it is revoked');
    for (const spec of [`key: ${pub}`, `sha1: ${pub}`, `sha256: ${pub}`, `hash: ${sha256}`]) {
      const file = krl(spec);
      expect(revoked(file, name)).toBe('its key is revoked');
      expect(revoked(file, other)).toBe('accepted');
    }
    expect(revoked(krl(`key: ${folder.read('ca.pub').trim()}`), name)).toBe('its authority is revoked');
  });

  it('never revoke serial 0, the serial of all certificates of an authority without numbering', () => {
    const range = new SshWriter().writeUint64(0n).writeUint64(5n).finish();
    const section = new SshWriter().writeString('').writeString('').writeByte(0x21).writeString(range).finish();
    const file = new SshWriter()
      .writeBytes(Buffer.from('SSHKRL\n\0'))
      .writeUint32(1)
      .writeUint64(1n)
      .writeUint64(0n)
      .writeUint64(0n)
      .writeString('')
      .writeString('')
      .writeByte(1)
      .writeString(section)
      .finish();
    expect(revoked(file, numbered(0))).toBe('accepted');
    expect(revoked(file, numbered(1))).toBe('it is revoked');
  });

  it('in text form revoke keys and fingerprints', () => {
    const name = numbered(5);
    const pub = folder.read(`${name}.pub`);
    const sha256 = folder.keygen('-l', '-f', `${name}.pub`).split(' ')[1]!;
    expect(revoked(`# lost laptop\n\n${pub}`, name)).toBe('its key is revoked');
    expect(revoked(`${sha256} alice\n`, name)).toBe('its key is revoked');
    expect(revoked(folder.read('ca.pub'), name)).toBe('its authority is revoked');
    expect(revoked(folder.read('stranger.pub'), name)).toBe('accepted');
  });

  it('that are damaged, truncated or unknown in any part are refused as a whole', () => {
    const file = krl('serial: 7\nid: x', '-s', 'ca.pub');
    const whole = file.length;
    for (let length = 8; length < whole; length += 1) {
      if (length === 44) continue; // the header alone is an empty list
      expect(() => parseRevocationList(file.subarray(0, length))).toThrow('KRL');
    }
    expect(() => parseRevocationList(Buffer.concat([file, new SshWriter().writeByte(99).writeString('').finish()]))).toThrow('type 99');
    expect(() => parseRevocationList(Buffer.from('SHA256:short'))).toThrow('line 1');
    expect(() => parseRevocationList(Buffer.from('# ok\nnot a key at all'))).toThrow('line 2');
  });
});
