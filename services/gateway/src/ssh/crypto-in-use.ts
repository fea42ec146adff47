import { selectCrypto } from '@sallyport/ssh';

/** The packet ciphers of this process: the native addon where it is built and right, else JavaScript. */
export const engineCrypto = selectCrypto();

/** Which they are and why, for the start-up log and for health. */
export const cryptoInUse = (): string => engineCrypto.description;
