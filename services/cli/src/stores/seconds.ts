import { InvalidArgumentError } from 'commander';

/** Reads an option that is a number of seconds. */
export function wholeSeconds(text: string): number {
  if (!/^\d{1,5}$/.test(text)) throw new InvalidArgumentError('must be a number of seconds');
  return Number(text);
}
