import { namesInterpreter } from './program-names.js';
import { RecentTexts } from './recent-texts.js';
import type { UnseenPiece } from './unseen-rules.js';

const PROMPTS_KEPT = 32;

type Line = Pick<UnseenPiece, 'left' | 'foreground'>;

/**
 * The prompts of interpreters (python3, sqlite3) at which lines were shown. Elsewhere in such a program, a line without an echo may be the answer
 * to a question for a password, whatever the question ends in.
 */
export class EchoingPrompts {
  private readonly seen = new RecentTexts(PROMPTS_KEPT);

  /** Notes a line that was shown. */
  note({ left, foreground }: Line): void {
    if (namesInterpreter(foreground ?? '')) this.seen.add(left);
  }

  /** Returns true if an interpreter may ask for a password there. */
  mayAsk({ left, foreground }: Line): boolean {
    return namesInterpreter(foreground ?? '') && !this.seen.has(left);
  }
}
