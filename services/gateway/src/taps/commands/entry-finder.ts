import { readBehind, readFrom, readTyped, type PromptPlace } from './entry-reader.js';
import { placeOf, type LineEdit, type PromptSeen } from './line-edit.js';
import { endsInSign, guessPrompt, type PromptBook, type PromptClass } from './prompt-class.js';
import type { Screen } from './screen.js';
import type { TypedKeys, TypedLine } from './typed-keys.js';

/** A line that was sent to a shell. */
export interface FoundEntry {
  readonly prompt: string;
  readonly promptClass: Exclude<PromptClass, 'program'>;
  readonly text: string;
  /** Keys that sent the line; undefined if none are left that did. */
  readonly line: TypedLine | undefined;
  /** True if the text may be incomplete, or begin at another place. */
  readonly isUnsure?: boolean;
}

/** Context of a line that the cursor leaves. */
export interface Sight {
  /** Prompt that was shown at the first key of the line. */
  readonly start: PromptSeen | undefined;
  readonly foreground: string | undefined;
  /** True if the command before the line is incomplete. */
  readonly isOpen: boolean;
}

/** Finds the line that was sent on the screen, and its prompt. A line that the asset did not show is not found. */
export class EntryFinder {
  constructor(
    private readonly keys: TypedKeys,
    private readonly book: PromptBook,
  ) {}

  /** Returns the line that a line editor ended in row `bottom`. */
  marked(screen: Screen, bottom: number, sight: Sight & { readonly edit: LineEdit }): FoundEntry | undefined {
    const { edit, start } = sight;
    const seen = [edit.exact, start].filter((prompt) => prompt !== undefined).map(placeOf);
    const { text } = edit.promptBefore;
    const before = this.book.isKnown(text) || endsInSign(text) ? [placeOf(edit.promptBefore)] : [];
    for (const place of [...seen, ...before, ...this.knownPlaces(edit)]) {
      const found = this.behind(screen, bottom, place, true, sight);
      if (found) return found;
    }
    const typed = this.typedIn(screen, bottom, edit.col, sight) ?? this.blank(screen, bottom, sight);
    return typed ?? this.guessed(screen, bottom, true, sight) ?? this.scrolled(screen, bottom);
  }

  /**
   * Returns the line left in row `bottom` without prompt marks. Lines that a program read are noted as echoed; `echo` is the row in which one is shown
   * for the first time.
   */
  unmarked(screen: Screen, bottom: number, sight: Sight): FoundEntry | 'echo' | undefined {
    for (const line of this.shownIn(screen, bottom)) {
      const found = this.plain(screen, bottom, line, sight);
      if (found === 'echoed before') return undefined;
      if (found) return found;
    }
    const head = this.keys.entered.find((line) => !line.isEchoed);
    const scrolled = head?.text === undefined ? undefined : this.scrolled(screen, bottom);
    if (scrolled && head?.text?.trimEnd().endsWith(scrolled.text.slice(1))) return scrolled;
    const edited = this.keys.entered.find((line) => !line.isEchoed && (line.text === undefined || line.text.trim() === ''));
    return edited && this.edited(screen, bottom, edited, sight);
  }

  /** Returns the line left in row `bottom` behind the prompt that stood there before its keys, though no Enter is left that sent it. */
  unsent(screen: Screen, bottom: number, sight: Sight): FoundEntry | undefined {
    const found = sight.start && this.behind(screen, bottom, placeOf(sight.start), false, sight);
    return found?.text.trim() ? { ...found, line: undefined } : undefined;
  }

  /** Returns the typed lines that row `bottom` ends with, the longest first: a row may end with another typed line, too (`cd /tmp && pwd`, `pwd`). */
  private shownIn(screen: Screen, bottom: number): TypedLine[] {
    const row = screen.text(bottom).trimEnd();
    const last = row.at(-1);
    // The last character is compared first: each line of a flood of output passes here, with a thousand typed lines at most.
    const isShown = ({ shown }: TypedLine): boolean =>
      last !== undefined && shown.at(-1) === last && (row.endsWith(shown) || shown.endsWith(row));
    return this.keys.entered.filter(isShown).sort((a, b) => b.shown.length - a.shown.length);
  }

  private plain(screen: Screen, bottom: number, line: TypedLine, sight: Sight): FoundEntry | 'echo' | 'echoed before' | undefined {
    const entry = line.text === undefined ? undefined : readTyped(screen, bottom, line.text);
    if (!entry) return undefined;
    const isBody = entry.prompt.trim() === '' && sight.isOpen;
    const promptClass = isBody ? 'continuation' : this.classOf(screen, entry.prompt, false, sight);
    if (promptClass !== 'program' && (isBody || this.isPlausible(entry.prompt, sight)))
      return { ...entry, promptClass, line, isUnsure: entry.prompt === '' && !isBody };
    if (entry.prompt !== '') return undefined;
    const sent = this.keys.entered.find((other) => other.text === line.text && !other.isEchoed);
    if (!sent) return 'echoed before';
    sent.isEchoed = true;
    return 'echo';
  }

  /** Returns false for text that is the first before a typed line and does not look like a prompt: the terminal driver echoes lines that are sent before a shell reads. */
  private isPlausible(prompt: string, { start, foreground }: Sight): boolean {
    return this.book.last !== undefined || foreground !== undefined || endsInSign(prompt) || prompt === start?.text;
  }

  /** Returns a line that keys edited (history, completion), or an empty line. Only a prompt shows where it begins. */
  private edited(screen: Screen, bottom: number, head: TypedLine, sight: Sight): FoundEntry | undefined {
    const places = sight.start ? [placeOf(sight.start), ...this.knownPlaces()] : this.knownPlaces();
    for (const place of places) {
      const found = this.behind(screen, bottom, place, false, sight);
      // A bare Enter shows nothing behind the prompt; any other text there is not its line.
      if (found && (head.text === undefined || found.text === '')) return { ...found, line: head };
    }
    return this.book.last === undefined && head.text === undefined ? this.guessed(screen, bottom, false, sight) : undefined;
  }

  private behind(screen: Screen, bottom: number, place: PromptPlace, isMarked: boolean, sight: Sight): FoundEntry | undefined {
    const text = readBehind(screen, bottom, place);
    const promptClass = text === undefined ? 'program' : this.classOf(screen, place.text, isMarked, sight);
    if (text === undefined || promptClass === 'program') return undefined;
    return { prompt: place.text, promptClass, text, line: this.lineFor(text) };
  }

  private typedIn(screen: Screen, bottom: number, col: number, sight: Sight): FoundEntry | undefined {
    for (const line of this.keys.entered) {
      const entry = line.text === undefined ? undefined : readTyped(screen, bottom, line.text, col);
      if (!entry || !endsInSign(entry.prompt)) continue;
      const promptClass = this.classOf(screen, entry.prompt, true, sight);
      if (promptClass !== 'program') return { ...entry, promptClass, line };
    }
    return undefined;
  }

  /** Returns a line behind an empty prompt. */
  private blank(screen: Screen, bottom: number, { edit, foreground, isOpen }: Sight & { readonly edit: LineEdit }): FoundEntry | undefined {
    if (isOpen || !this.book.mayBeBlank(foreground)) return undefined;
    const text = readFrom(screen, bottom, placeOf(edit.promptBefore));
    return text === undefined ? undefined : { prompt: '', promptClass: 'shell', text, line: this.lineFor(text) };
  }

  private guessed(screen: Screen, bottom: number, isMarked: boolean, sight: Sight): FoundEntry | undefined {
    const text = guessPrompt(screen.wholeLine(bottom));
    const found = text === undefined ? undefined : this.behind(screen, bottom, { text, col: 0 }, isMarked, sight);
    return found && { ...found, isUnsure: found.line?.text?.trimEnd() !== found.text };
  }

  /** Returns a long line that readline scrolled sideways (`horizontal-scroll-mode`, simple terminals). Only its end stands on the screen, behind a "<". */
  private scrolled(screen: Screen, bottom: number): FoundEntry | undefined {
    const text = screen.text(bottom).trimEnd();
    const [line] = this.keys.entered;
    const { last } = this.book;
    if (last === undefined || !text.startsWith('<') || text.length < screen.cols / 2) return undefined;
    return { prompt: last, promptClass: 'shell', text, line, isUnsure: true };
  }

  /** Judges a prompt. On the alternate screen a text may look like a prompt, so only known prompts count there. */
  private classOf(screen: Screen, text: string, isMarked: boolean, sight: Sight): PromptClass {
    if (screen.isAlternate && !this.book.isKnown(text)) return 'program';
    return this.book.classify({ text, isMarked, foreground: sight.foreground, isOpen: sight.isOpen });
  }

  private knownPlaces(edit?: LineEdit): PromptPlace[] {
    return this.book.known.map((text) => ({ text, col: edit?.col ?? 0, right: edit?.right }));
  }

  /** Returns the keys that sent `text`: those that spell it, otherwise the oldest that keys edited, otherwise the oldest. */
  private lineFor(text: string): TypedLine | undefined {
    const { entered } = this.keys;
    const spelled = entered.find((line) => line.text !== undefined && line.text.trimEnd() === text);
    return spelled ?? entered.find((line) => line.text === undefined) ?? entered[0];
  }
}
