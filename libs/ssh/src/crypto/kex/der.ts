/** As much of DER (X.690) as public keys of node:crypto need: values with a tag and a definite length. */

/** The tags of the values in a SubjectPublicKeyInfo. */
export const DerTag = { integer: 0x02, bitString: 0x03, sequence: 0x30 } as const;

/** One value. `whole` is its encoding with tag and length. */
export interface DerValue {
  readonly content: Buffer;
  readonly whole: Buffer;
}

/** Reads the values that stand one after the other in `bytes`, which node:crypto has written. */
export const readDer = (bytes: Buffer): DerValue[] => {
  const values: DerValue[] = [];
  for (let at = 0; at < bytes.length; ) {
    const first = bytes[at + 1]!;
    const lengthBytes = first < 0x80 ? 0 : first & 0x7f;
    const start = at + 2 + lengthBytes;
    const end = start + (lengthBytes === 0 ? first : bytes.readUIntBE(at + 2, lengthBytes));
    values.push({ content: bytes.subarray(start, end), whole: bytes.subarray(at, end) });
    at = end;
  }
  return values;
};

/** Returns the encoding of one value of up to 65,535 bytes. */
export const derValue = (tag: number, content: Buffer): Buffer => {
  const { length } = content;
  if (length < 0x80) return Buffer.concat([Buffer.of(tag, length), content]);
  if (length < 0x1_00) return Buffer.concat([Buffer.of(tag, 0x81, length), content]);
  return Buffer.concat([Buffer.of(tag, 0x82, length >> 8, length & 0xff), content]);
};
