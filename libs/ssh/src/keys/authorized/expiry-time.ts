import { SshKeyError } from '../key-error.js';

const FORM = /^(\d{4})(\d{2})(\d{2})(?:(\d{2})(\d{2})(\d{2})?)?(Z)?$/;

/**
 * Parses `expiry-time=`: YYYYMMDD or YYYYMMDDHHMM[SS], with Z for UTC. Without Z it uses the server's time zone, as OpenSSH does.
 * @returns milliseconds since 1970.
 * @throws SshKeyError for any other text, impossible dates included.
 */
export const parseExpiryTime = (text: string): number => {
  const [, ...parts] = FORM.exec(text) ?? [];
  const [year, month, day, hour, minute, second] = parts.slice(0, 6).map((part) => Number(part ?? 0)) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const date =
    parts[6] === 'Z'
      ? new Date(Date.UTC(year, month - 1, day, hour, minute, second))
      : new Date(year, month - 1, day, hour, minute, second);
  const isReal =
    parts[6] === 'Z'
      ? date.getUTCMonth() === month - 1 && date.getUTCDate() === day
      : date.getMonth() === month - 1 && date.getDate() === day;
  if (parts.length === 0 || !isReal)
    throw new SshKeyError('malformed', `Authorized key has expiry-time "${text}"; write YYYYMMDD or YYYYMMDDHHMM[SS][Z]`);
  return date.getTime();
};
