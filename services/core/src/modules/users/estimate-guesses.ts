import { keyRunAt } from './key-runs.js';
import type { LeakedPasswords } from './leaked-passwords.js';

/** A kind of part that a guessing program tries early; in the order of messages. */
export type EasyPart = 'leaked' | 'own-name' | 'keys' | 'repeat' | 'year';

/** An estimate of the guesses at a password. */
export interface Guesses {
  /** Decimal logarithm of the guesses that find it. */
  readonly digits: number;
  /** Easy parts that it is made of. */
  readonly parts: ReadonlySet<EasyPart>;
}

/** A part of a password: the decimal logarithm of the guesses that find it, and its kind; undefined for a single character. */
interface Part {
  readonly length: number;
  readonly digits: number;
  readonly kind?: EasyPart;
}

/** Characters that are looked at: what makes the beginning hard makes the whole hard. It bounds the time to a few milliseconds. */
const MAX_CHARS = 64;
const MAX_WORD = 24;
const MIN_WORD = 3;
const MAX_REPEATED = 32;

/** Guesses of an easy part at least, and for a word that is spelt backwards or with digits for letters more. */
const LEAST = 0.5;
const TWIST = 0.3;
const RUN = 1.5;
const YEAR = 2;

/** Letters that digits and symbols stand for. "1" and "!" stand for two. */
const LETTERS: Readonly<Record<string, string>> = {
  '@': 'a',
  '4': 'a',
  '8': 'b',
  '3': 'e',
  '6': 'g',
  '0': 'o',
  $: 's',
  '5': 's',
  '7': 't',
  '+': 't',
  '2': 'z',
};

/**
 * Computes an estimate of the guesses that find a password: the cheapest way to write it as a chain of parts. Parts are leaked passwords,
 * the owner's names, runs of keys, repetitions, years and single characters. Its time grows with the length alone: zxcvbn's estimate takes seconds for hostile passwords.
 */
export function guessesOf(password: string, ownNames: readonly string[], leaked: LeakedPasswords): Guesses {
  const text = password.normalize('NFKC').toLowerCase().slice(0, MAX_CHARS);
  const known = new KnownTexts(text, ownNames, leaked);
  const best: Guesses[] = [{ digits: 0, parts: new Set() }];
  for (let at = 0; at < text.length; at += 1) {
    const before = best[at];
    if (!before) continue;
    for (const { length, digits, kind } of [...patternsAt(text, at), ...known.at(at)]) {
      const cheapest = best[at + length];
      if (cheapest && cheapest.digits <= before.digits + digits) continue;
      best[at + length] = { digits: before.digits + digits, parts: kind ? new Set([...before.parts, kind]) : before.parts };
    }
  }
  return best[text.length] ?? { digits: 0, parts: new Set() };
}

function patternsAt(text: string, at: number): Part[] {
  const run = keyRunAt(text, at);
  return [
    { length: 1, digits: digitsOf(text[at] ?? '') },
    ...(run > 0 ? [{ length: run, digits: RUN, kind: 'keys' } as const] : []),
    ...(/^(19|20)\d\d/.test(text.slice(at, at + 4)) ? [{ length: 4, digits: YEAR, kind: 'year' } as const] : []),
    ...repeatsAt(text, at),
  ];
}

/** Returns the parts that repeat, once or more often, what stands right before them. */
function repeatsAt(text: string, at: number): Part[] {
  const parts: Part[] = [];
  for (let unit = 1; unit <= Math.min(at, MAX_REPEATED, text.length - at); unit += 1) {
    const repeated = text.slice(at - unit, at);
    for (let length = unit; text.startsWith(repeated, at + length - unit) && at + length <= text.length; length += unit)
      parts.push({ length, digits: LEAST, kind: 'repeat' });
  }
  return parts;
}

/** Returns the decimal logarithm of the characters of a kind. */
function digitsOf(character: string): number {
  if (/\d/.test(character)) return 1;
  return /[a-z]/.test(character) ? 1.4 : 1.6;
}

/** The names and leaked passwords in a text: as they are, backwards, and with digits and symbols for letters. */
class KnownTexts {
  private readonly forms: readonly string[];

  constructor(
    private readonly text: string,
    private readonly ownNames: readonly string[],
    private readonly leaked: LeakedPasswords,
  ) {
    this.forms = ['i', 'l'].map((one) => text.replace(/[^a-z]/g, (found) => (/[1!|]/.test(found) ? one : (LETTERS[found] ?? found))));
  }

  at(at: number): Part[] {
    const parts: Part[] = [];
    for (let length = MIN_WORD; length <= Math.min(MAX_WORD, this.text.length - at); length += 1) {
      const word = this.text.slice(at, at + length);
      parts.push(...this.partsOf(word, 0), ...this.partsOf([...word].reverse().join(''), TWIST));
      for (const form of this.forms) parts.push(...this.partsOf(form.slice(at, at + length), TWIST));
    }
    return parts;
  }

  private partsOf(word: string, twist: number): Part[] {
    const { length } = word;
    if (this.ownNames.includes(word)) return [{ length, digits: LEAST + twist, kind: 'own-name' }];
    const rank = this.leaked.get(word);
    return rank === undefined ? [] : [{ length, digits: Math.max(LEAST, Math.log10(rank)) + twist, kind: 'leaked' }];
  }
}
