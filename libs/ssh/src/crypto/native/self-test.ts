/** Tests a loaded addon against the JavaScript implementation before it is used, so that an outdated or foreign binary is refused. */
import type { CipherName } from '../algorithm.js';
import type { CryptoProvider, PacketKeys } from '../crypto-provider.js';
import { CIPHERS } from '../algorithm.js';
import { PAYLOAD_OFFSET } from '../packet-cipher.js';

const PAYLOAD = Buffer.from('sallyport native crypto self-test');

const testKeys = (cipher: CipherName): PacketKeys => ({
  cipher,
  mac: CIPHERS[cipher].isAead ? undefined : 'hmac-sha2-256-etm@openssh.com',
  key: Buffer.alloc(CIPHERS[cipher].keyLength, 0x5a),
  iv: Buffer.alloc(CIPHERS[cipher].ivLength, 0xa5),
  macKey: Buffer.alloc(32, 0x3c),
});

const roundTrips = (from: CryptoProvider, to: CryptoProvider, cipher: CipherName): boolean => {
  const sealer = from.createSealer(testKeys(cipher));
  const opener = to.createOpener(testKeys(cipher));
  const buffer = Buffer.alloc(sealer.sealedLength(PAYLOAD.length));
  PAYLOAD.copy(buffer, PAYLOAD_OFFSET);
  sealer.seal(buffer, 0, PAYLOAD.length, 7);
  const payloadLength = opener.open(buffer, 0, opener.readLength(buffer, 0, 7), 7);
  sealer.dispose();
  opener.dispose();
  return buffer.subarray(PAYLOAD_OFFSET, PAYLOAD_OFFSET + payloadLength).equals(PAYLOAD);
};

/** Returns the name of the first cipher that fails and the error message; undefined if all pass. */
export const selfTestFailure = (native: CryptoProvider, reference: CryptoProvider): string | undefined => {
  for (const cipher of native.ciphers) {
    const peer = reference.ciphers.includes(cipher) ? reference : native;
    try {
      if (!roundTrips(native, peer, cipher) || !roundTrips(peer, native, cipher)) return `${cipher}: wrong plaintext`;
    } catch (error) {
      return `${cipher}: ${(error as Error).message}`;
    }
  }
  return undefined;
};
