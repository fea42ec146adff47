import { printableLine } from '@sallyport/context';

/** An event of the editor. `echo` is the text to show; it is empty if many keys in a row had no effect. */
export type LineEvent = { kind: 'echo'; text: string } | { kind: 'line'; text: string } | { kind: 'end' };

const MAX_LINE = 256;
/** The number of keys that one call reads. */
const MAX_KEYS = 1024;
const CTRL_C = '\u0003';
const CTRL_D = '\u0004';
const CTRL_U = '\u0015';
const CTRL_W = '\u0017';
const ESCAPE = '\u001b';

/** Edits a line as it is typed: backspace, Ctrl-U, Ctrl-W, Ctrl-C to start again, Ctrl-D on an empty line to leave. Cursor keys have no effect. */
export class LineEditor {
  private line: string[] = [];
  private readonly decoder = new TextDecoder();
  private typed = '';
  /** The position of the next key in `typed`. Removing keys from its front would copy the rest each time. */
  private at = 0;
  /** The end of the escape sequence that is being read; undefined outside of one. */
  private escape: RegExp | undefined;
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
        return this.enter();
      case '\u007f':
      case '\b':
        return this.erase(1);
      case CTRL_U:
        return this.erase(this.line.length);
      case CTRL_W:
        return this.erase(this.line.length - this.line.join('').trimEnd().lastIndexOf(' ') - 1);
      case CTRL_C:
        this.line = [];
        return { kind: 'line', text: '' };
      case CTRL_D:
        return this.line.length === 0 ? { kind: 'end' } : undefined;
      case ESCAPE:
        this.escape = /^[^[O]$/;
        return undefined;
      default:
        return this.insert(key);
    }
  }

  /** Skips an escape sequence: "ESC [ … letter" and "ESC O letter" are cursor and function keys, ESC and one other key is an Alt key. */
  private pressInEscape(key: string): undefined {
    if (key === '[' || key === 'O') this.escape = /^[@-Z\\-~]$/;
    else if (this.escape?.test(key)) this.escape = undefined;
    return undefined;
  }

  private enter(): LineEvent {
    const text = this.line.join('');
    this.line = [];
    return { kind: 'line', text };
  }

  private erase(count: number): LineEvent | undefined {
    const erased = this.line.splice(Math.max(0, this.line.length - count));
    return erased.length > 0 ? { kind: 'echo', text: '\b \b'.repeat(erased.length) } : undefined;
  }

  private insert(key: string): LineEvent | undefined {
    if (printableLine(key) !== key || this.line.length >= MAX_LINE) return undefined;
    this.line.push(key);
    return { kind: 'echo', text: key };
  }
}
