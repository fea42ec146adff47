import { createHash, randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** More than the first window of a session, so that the window has to be adjusted. */
const PAYLOAD_BYTES = 400_000;

export interface Payload {
  readonly file: string;
  readonly bytes: Buffer;
  readonly sha256: string;
}

export const sha256Of = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** Creates a file with random bytes. */
export function makePayload(folder: string, size = PAYLOAD_BYTES): Payload {
  const file = join(folder, 'payload');
  const bytes = randomBytes(size);
  writeFileSync(file, bytes);
  return { file, bytes, sha256: sha256Of(bytes) };
}
