import { printableLine } from '@sallyport/context';
import { EditedLine } from './edited-line.js';

/** An event of the editor. `echo` is the text to show; it is empty if many keys in a row had no effect. */
export type LineEvent = { kind: 'echo'; text: string } | { kind: 'line'; text: string } | { kind: 'end' };

/** The number of keys that one call reads. */
const MAX_KEYS = 1024;
const CTRL_C = '\u0003';
const CTRL_D = '\u0004';
const ESCAPE = '\u001b';

type Edit = (line: EditedLine) => string;

const LEFT: Edit = (line) => line.move(-1);
const RIGHT: Edit = (line) => line.move(1);
const START: Edit = (line) => line.moveToStart();
const END: Edit = (line) => line.moveToEnd();
const ERASE: Edit = (line) => line.eraseBefore(1);
const DELETE: Edit = (line) => line.eraseUnder();

/** The keys that change the line, as in bash's emacs mode. */
const EDITS: ReadonlyMap<string, Edit> = new Map<string, Edit>([
  ['\u007f', ERASE],
  ['\b', ERASE],
  ['\u0001', START], // Ctrl-A
  ['\u0005', END], // Ctrl-E
  ['\u0002', LEFT], // Ctrl-B
  ['\u0006', RIGHT], // Ctrl-F
  ['\u000b', (line) => line.eraseToEnd()], // Ctrl-K
  ['\u0015', (line) => line.eraseAll()], // Ctrl-U
  ['\u0017', (line) => line.eraseWord()], // Ctrl-W
]);

/** The same by what follows ESC, "[" or "O" (ECMA-48, xterm). */
const SEQUENCES: ReadonlyMap<string, Edit> = new Map([
  ['D', LEFT],
  ['C', RIGHT],
  ['H', START],
  ['F', END],
  ['1~', START],
  ['4~', END],
  ['3~', DELETE],
]);
const ALT_KEY = /^[^[O]$/;
const SEQUENCE_END = /^[@-Z\\-~]$/;
/** A longer sequence is none of those. Its parameters are not kept. */
const MAX_SEQUENCE = 8;

/** Edits a line as it is typed: cursor and erasing keys as in a shell, Ctrl-C to start again, Ctrl-D on an empty line to leave. */
export class LineEditor {
  private readonly line = new EditedLine();
  private readonly decoder = new TextDecoder();
  private typed = '';
  /** The position of the next key in `typed`. Removing keys from its front would copy the rest each time. */
  private at = 0;
  /** The end of the escape sequence that is being read; undefined outside of one. */
  private escape: RegExp | undefined;
  /** The characters behind the "[" or "O" of the sequence. */
  private sequence = '';
  private wasCarriageReturn = false;

  /** Adds bytes that were typed. */
  feed(data: Buffer): void {
    this.typed = this.typed.slice(this.at) + this.decoder.decode(data, { stream: true });
    this.at = 0;
  }

  /** Returns the next event, undefined if more must be typed. Keys behind the end of a line stay for the next call. */
  next(): LineEvent | undefined {
    for (let keys = 0; this.typedLength > 0; keys += 1) {
      if (keys === MAX_KEYS) return { kind: 'echo', text: '' };
      const event = this.press(this.nextKey());
      if (event) return event;
    }
    return undefined;
  }

  /** Returns the keys that were typed ahead, and removes them. */
  takeTyped(): Buffer {
    const typed = Buffer.from(this.typed.slice(this.at));
    this.typed = '';
    this.at = 0;
    return typed;
  }

  get typedLength(): number {
    return this.typed.length - this.at;
  }

  private nextKey(): string {
    const key = String.fromCodePoint(this.typed.codePointAt(this.at) ?? 0);
    this.at += key.length;
    return key;
  }

  private press(key: string): LineEvent | undefined {
    if (this.escape) return this.pressInEscape(key);
    const isLineFeedAfterReturn = key === '\n' && this.wasCarriageReturn;
    this.wasCarriageReturn = key === '\r';
    if (isLineFeedAfterReturn) return undefined;
    switch (key) {
      case '\r':
      case '\n':
        return this.enter(this.line.text);
      case CTRL_C:
        return this.enter('');
      case CTRL_D:
        return this.line.isEmpty ? { kind: 'end' } : this.edit(DELETE);
      case ESCAPE:
        this.escape = ALT_KEY;
        return undefined;
      default:
        return this.insert(key, EDITS.get(key));
    }
  }

  /** Reads an escape sequence: "ESC [ … letter" and "ESC O letter" are cursor and function keys, ESC and one other key is an Alt key. */
  private pressInEscape(key: string): LineEvent | undefined {
    if (this.escape === ALT_KEY && (key === '[' || key === 'O')) return this.beginSequence();
    if (this.sequence.length < MAX_SEQUENCE) this.sequence += key;
    if (this.escape?.test(key) !== true) return undefined;
    const edit = this.escape === ALT_KEY ? undefined : SEQUENCES.get(this.sequence);
    this.escape = undefined;
    return edit && this.edit(edit);
  }

  private beginSequence(): undefined {
    this.escape = SEQUENCE_END;
    this.sequence = '';
  }

  private insert(key: string, edit: Edit | undefined): LineEvent | undefined {
    if (edit) return this.edit(edit);
    return this.line.hasRoomFor(key) && printableLine(key) === key ? echoOf(this.line.insert(key)) : undefined;
  }

  private enter(text: string): LineEvent {
    this.line.clear();
    return { kind: 'line', text };
  }

  private edit(edit: Edit): LineEvent | undefined {
    return echoOf(edit(this.line));
  }
}

const echoOf = (text: string): LineEvent | undefined => (text === '' ? undefined : { kind: 'echo', text });
