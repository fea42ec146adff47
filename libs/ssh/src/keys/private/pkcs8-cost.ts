/** Limits the cost of decrypting a PKCS#8 file (RFC 8018 §A.2, RFC 7914 §7). OpenSSL has no limit, and decrypting blocks the event loop. */
import { SshKeyError } from '../key-error.js';

/** OpenSSL writes 2048 iterations, cautious users up to a million, which takes half a second. */
const MAX_ITERATIONS = 1_000_000n;
/** N·r·p of scrypt; OpenSSL writes 16384 · 8 · 1, which needs 16 MiB. */
const MAX_SCRYPT_BLOCKS = 1n << 20n;

const PBKDF2_OID = Buffer.from('06092a864886f70d01050c', 'hex');
const SCRYPT_OID = Buffer.from('06092b06010401da47040b', 'hex');

/** Returns the INTEGERs that directly follow the OCTET STRING salt in the SEQUENCE after an object identifier. */
const integersAfterSalt = (der: Buffer, at: number): bigint[] => {
  const sequence = readElement(der, at);
  const salt = readElement(der, sequence.start);
  const integers: bigint[] = [];
  for (let next = salt.end; next < sequence.end && der[next] === 0x02; ) {
    const integer = readElement(der, next);
    integers.push(BigInt(`0x0${der.subarray(integer.start, integer.end).toString('hex')}`));
    next = integer.end;
  }
  return integers;
};

/** Returns the bounds of a DER element's content. Supports lengths of up to two bytes, which these parameters do not exceed. */
const readElement = (der: Buffer, at: number): { start: number; end: number } => {
  const short = der[at + 1] ?? 0;
  const size = short < 0x80 ? 0 : short & 0x7f;
  const length = size === 0 ? short : der.subarray(at + 2, at + 2 + size).reduce((sum, byte) => sum * 256 + byte, 0);
  const start = at + 2 + size;
  return { start, end: start + length };
};

/** Throws SshKeyError `unsupported` if decrypting the PEM would take more than about a second. */
export const checkPkcs8Cost = (text: string): void => {
  const der = Buffer.from(text.replace(/-----.*-----|\s/g, ''), 'base64');
  const [pbkdf2, scrypt] = [der.indexOf(PBKDF2_OID), der.indexOf(SCRYPT_OID)];
  const [iterations = 0n] = pbkdf2 < 0 ? [] : integersAfterSalt(der, pbkdf2 + PBKDF2_OID.length);
  const [n = 0n, r = 0n, p = 1n] = scrypt < 0 ? [] : integersAfterSalt(der, scrypt + SCRYPT_OID.length);
  if (iterations > MAX_ITERATIONS || n * r * p > MAX_SCRYPT_BLOCKS) {
    throw new SshKeyError(
      'unsupported',
      'The key derivation of the private key is too expensive; encrypt the key again with fewer iterations',
    );
  }
};
