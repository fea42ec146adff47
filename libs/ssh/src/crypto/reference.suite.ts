/**
 * Slow, simple implementations of GCM and Poly1305 on big integers, built on a raw AES block and raw ChaCha20 only. The tests first compare
 * them with the published vectors, and then compare the packet ciphers with them.
 */
import { createCipheriv } from 'node:crypto';

const toNumber = (bytes: Uint8Array): bigint => BigInt(`0x0${Buffer.from(bytes).toString('hex')}`);
const to16Bytes = (value: bigint): Buffer => Buffer.from(value.toString(16).padStart(32, '0'), 'hex');

const aesBlock = (key: Buffer, block: Buffer): Buffer =>
  createCipheriv(`aes-${key.length * 8}-ecb`, key, null)
    .setAutoPadding(false)
    .update(block);

/** Calculates a product in GF(2^128) (SP 800-38D §6.3). */
const multiply = (x: bigint, y: bigint): bigint => {
  const R = 0xe1n << 120n;
  let [z, v] = [0n, y];
  for (let bit = 127n; bit >= 0n; bit -= 1n) {
    if (((x >> bit) & 1n) === 1n) z ^= v;
    v = (v & 1n) === 1n ? (v >> 1n) ^ R : v >> 1n;
  }
  return z;
};

const blocksOf = (bytes: Buffer): Buffer[] =>
  Array.from({ length: Math.ceil(bytes.length / 16) }, (_, i) =>
    Buffer.concat([bytes.subarray(i * 16, i * 16 + 16), Buffer.alloc(16)], 16),
  );

const counterBlock = (nonce: Buffer, counter: number): Buffer => {
  const block = Buffer.alloc(16);
  nonce.copy(block);
  block.writeUInt32BE(counter, 12);
  return block;
};

const xor = (a: Buffer, b: Buffer): Buffer => Buffer.from(a.map((byte, i) => byte ^ b[i]!));

/** Encrypts with AES-GCM and a 96-bit nonce (SP 800-38D §7.1). */
export const referenceGcm = (key: Buffer, nonce: Buffer, aad: Buffer, plaintext: Buffer): { ciphertext: Buffer; tag: Buffer } => {
  const stream = blocksOf(plaintext).map((_, i) => aesBlock(key, counterBlock(nonce, i + 2)));
  const ciphertext = xor(plaintext, Buffer.concat(stream));
  const lengths = Buffer.alloc(16);
  lengths.writeBigUInt64BE(BigInt(aad.length * 8), 0);
  lengths.writeBigUInt64BE(BigInt(ciphertext.length * 8), 8);
  const h = toNumber(aesBlock(key, Buffer.alloc(16)));
  const hash = [...blocksOf(aad), ...blocksOf(ciphertext), lengths].reduce((sum, block) => multiply(sum ^ toNumber(block), h), 0n);
  return { ciphertext, tag: xor(to16Bytes(hash), aesBlock(key, counterBlock(nonce, 1))) };
};

/** Computes Poly1305 (RFC 8439 §2.5.1). */
export const referencePoly1305 = (key: Buffer, message: Buffer): Buffer => {
  const little = (bytes: Buffer): bigint => toNumber(Buffer.from(bytes).reverse());
  const r = little(key.subarray(0, 16)) & 0x0ffffffc0ffffffc0ffffffc0fffffffn;
  const p = (1n << 130n) - 5n;
  let sum = 0n;
  for (let at = 0; at < message.length; at += 16)
    sum = ((sum + little(Buffer.concat([message.subarray(at, at + 16), Buffer.from([1])]))) * r) % p;
  return to16Bytes((sum + little(key.subarray(16))) & ((1n << 128n) - 1n)).reverse();
};

/** Encrypts with ChaCha20, a 64-bit block counter and a 64-bit nonce. */
export const chacha20 = (key: Buffer, counter: number, nonce: bigint, bytes: Buffer): Buffer => {
  const iv = Buffer.alloc(16);
  iv.writeUInt32LE(counter, 0);
  iv.writeBigUInt64BE(nonce, 8);
  return createCipheriv('chacha20', key, iv).update(bytes);
};

/** Returns one packet of chacha20-poly1305@openssh.com (PROTOCOL.chacha20poly1305). */
export const referenceChachaPacket = (key: Buffer, sequence: number, clear: Buffer): Buffer => {
  const [main, header] = [key.subarray(0, 32), key.subarray(32)];
  const nonce = BigInt(sequence);
  const sealed = Buffer.concat([chacha20(header, 0, nonce, clear.subarray(0, 4)), chacha20(main, 1, nonce, clear.subarray(4))]);
  return Buffer.concat([sealed, referencePoly1305(chacha20(main, 0, nonce, Buffer.alloc(32)), sealed)]);
};
