import * as crypto from 'node:crypto';
import { promisify } from 'node:util';

const { randomBytes, timingSafeEqual } = crypto;

/** OWASP's first choice for argon2id: 19 MiB, 2 passes, 1 lane (RFC 9106). */
const COST = { memory: 19_456, passes: 2, parallelism: 1 } as const;
const TAG_BYTES = 32;

/** Hashes a password with argon2id. Returns a PHC string. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const tag = await run(password, salt, COST, TAG_BYTES);
  return `$argon2id$v=19$m=${COST.memory},t=${COST.passes},p=${COST.parallelism}$${base64(salt)}$${base64(tag)}`;
}

/**
 * Returns true if `password` is the one of the PHC string. Without a string it takes as long and returns false, so that the time does not
 * show which users have a password.
 */
export async function verifyPassword(password: string, phc: string | null | undefined): Promise<boolean> {
  const parsed = phc ? parsePhc(phc) : undefined;
  if (!parsed) {
    await run(password, Buffer.alloc(16), COST, TAG_BYTES);
    return false;
  }
  const tag = await run(password, parsed.salt, parsed.cost, parsed.tag.length);
  return timingSafeEqual(tag, parsed.tag);
}

interface Cost {
  memory: number;
  passes: number;
  parallelism: number;
}

/**
 * Runs Node's argon2, which exists since 24.7. It is looked up at the first use, so that `sallyport verify`, which hashes no password, runs
 * on older versions.
 */
const run = (message: string, nonce: Buffer, cost: Cost, tagLength: number): Promise<Buffer> =>
  promisify(crypto.argon2)('argon2id', { message: message.normalize('NFC'), nonce, ...cost, tagLength }) as Promise<Buffer>;

function parsePhc(phc: string): { salt: Buffer; tag: Buffer; cost: Cost } | undefined {
  const found = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/.exec(phc);
  if (!found) return undefined;
  const [memory, passes, parallelism] = [Number(found[1]), Number(found[2]), Number(found[3])];
  return { salt: Buffer.from(found[4] ?? '', 'base64'), tag: Buffer.from(found[5] ?? '', 'base64'), cost: { memory, passes, parallelism } };
}

const base64 = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '');
