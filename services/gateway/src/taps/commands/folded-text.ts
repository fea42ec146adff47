import { createHash } from 'node:crypto';

/** A run of Base64 that is longer than any command: a packed program or data. */
const RUN = /[A-Za-z0-9+/=]{1024,}/g;
const SHOWN = 64;

/** Cuts long runs of Base64 to their beginning, length, hash and end. The recording has all of it. */
export const foldPacked = (text: string): string =>
  text.replace(
    RUN,
    (run) =>
      `${run.slice(0, SHOWN)}(… ${run.length} characters of Base64, SHA-256 ${createHash('sha256').update(run).digest('hex')} …)${run.slice(-SHOWN)}`,
  );
