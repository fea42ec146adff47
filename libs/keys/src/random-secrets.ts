import { randomBytes } from 'node:crypto';

/** Makes the sealing keys of a new installation: the JSON text of CORE_SEALING_KEYS with one key of 32 bytes. */
export const makeSealingKeys = (): string => JSON.stringify({ active: 'k1', keys: { k1: randomBytes(32).toString('base64') } });

/** Makes a password for a program: 192 bits, in letters and digits that need no quoting anywhere. */
export const makePassword = (): string => randomBytes(24).toString('hex');
