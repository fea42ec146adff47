import { describe, expect, it } from 'vitest';
import { PayloadInvalid } from '../format.errors.js';
import { decodeFileContent, encodeFileContent } from './file-content.js';
import { decodeSealedInput, decodeTypedLine, encodeSealedInput, encodeTypedLine, sealedHead, SealedPurpose } from './sealed-input.js';

/** Returns a view into a larger buffer, as decoded frames have it. */
const within = (bytes: Uint8Array): Uint8Array => Uint8Array.from([9, ...bytes, 9]).subarray(1, -1);
const bytes = (length: number, value: number): Uint8Array => new Uint8Array(length).fill(value);

describe('the payload of a sealed frame', () => {
  const sealed = { purpose: SealedPurpose.typed, number: 2 ** 40, keyId: bytes(32, 1), enc: bytes(32, 2), ciphertext: bytes(20, 3) };

  it('comes back as it was, and begins with the bytes that are authenticated', () => {
    const payload = within(encodeSealedInput(sealed));
    expect(decodeSealedInput(payload)).toEqual(sealed);
    expect(payload.subarray(0, 42)).toEqual(sealedHead(sealed));
  });

  it.each([
    ['is too short', encodeSealedInput({ ...sealed, ciphertext: bytes(0, 0) }).subarray(1)],
    ['has a later version', Uint8Array.from([2, ...encodeSealedInput(sealed).subarray(1)])],
    ['has an unknown purpose', Uint8Array.from([1, 9, ...encodeSealedInput(sealed).subarray(2)])],
  ])('is refused if it %s', (_, payload) => {
    expect(() => decodeSealedInput(payload)).toThrow(PayloadInvalid);
  });
});

it('the content of a file comes back with its file and offset', () => {
  const content = { id: '01890a5d-ac96-774b-bcce-b302099a8057', offset: 2 ** 50, data: bytes(3, 7) };
  expect(decodeFileContent(within(encodeFileContent(content)))).toEqual(content);
  expect(() => decodeFileContent(bytes(23, 0))).toThrow(PayloadInvalid);
});

it('a typed line comes back with its time', () => {
  const line = { timeUs: 2 ** 45, keys: bytes(5, 0x61) };
  expect(decodeTypedLine(within(encodeTypedLine(line)))).toEqual(line);
  expect(() => decodeTypedLine(bytes(7, 0))).toThrow(PayloadInvalid);
});
