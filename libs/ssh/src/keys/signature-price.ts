/** The processor time of signatures on a usual core, in milliseconds. */
import type { OfferedKey } from './certificate.js';
import type { PublicKey } from './public-key.js';

const CURVE_PRICE = 0.1;
const LARGE_CURVE_PRICE = 1;

/** Returns the price of one signature by a key. RSA grows with the third power of its bits. */
export const signingPrice = (key: PublicKey): number => (key.type === 'ssh-rsa' ? 1.5 * (key.bits / 3072) ** 3 : curvePrice(key));

/** Returns the price of verifying one signature of a key. RSA grows with the square of its bits. */
export const verifyingPrice = (key: OfferedKey): number => {
  const { type, bits } = key.kind === 'certificate' ? key.publicKey : key;
  return type === 'ssh-rsa' ? 0.05 * (bits / 3072) ** 2 : 2 * curvePrice({ bits });
};

const curvePrice = ({ bits }: Pick<PublicKey, 'bits'>): number => (bits > 256 ? LARGE_CURVE_PRICE : CURVE_PRICE);
