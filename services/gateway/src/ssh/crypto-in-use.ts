import { selectCrypto } from '@sallyport/ssh';

/** The packet ciphers of this process: the native addon if it is built and passes its self-test, else JavaScript. */
export const engineCrypto = selectCrypto();

/** Returns the name of the ciphers in use and the reason, for the start-up log and for health. */
export const cryptoInUse = (): string => engineCrypto.description;
