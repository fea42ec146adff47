import { INPUT_LIMIT_BYTES } from './observed-command.js';

/** Keys that were typed one after the other, up to Enter or to a key after which a shell may begin anew. */
export interface TypedPiece {
  /** The text, if only plain keys were used. */
  readonly text: string | undefined;
  /** All keys as they came: what was typed if `text` is undefined. */
  readonly keys: string;
  /** Number of keys in bytes; of Enter alone, 1. */
  readonly bytes: number;
  readonly at: number;
  /** True if Enter did not end it. */
  readonly isCut: boolean;
}

/** Control keys and rub-out, without the C1 controls. */
const CONTROLS = /[^\P{Cc}\u0080-\u009f]/gu;
/** A key that is not text: a control key, or the escape sequence that a cursor key sends. */
const KEY = /\p{Cc}(?:\[[\x20-\x3f]*[@-~]|O[A-Za-z])?/u;

/** Returns keys as text, with control keys in caret notation: `^A`, `^[[C` for an arrow. */
export const spelled = (keys: string): string => keys.replace(CONTROLS, (key) => `^${String.fromCharCode(key.charCodeAt(0) ^ 0x40)}`);
/** Returns the text between control keys. */
export const textRuns = (keys: string): string[] => keys.split(KEY).filter((run) => run.trim() !== '');

/** Keeps the keys of one piece as they came. Keys that edit nothing would otherwise take text out of the command log. */
export class PieceKeys {
  private bytes: number[] = [];
  private count = 0;

  get isEmpty(): boolean {
    return this.count === 0;
  }

  add(byte: number): void {
    this.count += 1;
    if (this.bytes.length < INPUT_LIMIT_BYTES) this.bytes.push(byte);
  }

  /** Takes back the last `bytes`: a terminal's own answer. */
  takeBack(bytes: number): void {
    this.count -= bytes;
    this.bytes.length = Math.min(this.bytes.length, this.count);
  }

  /** Returns the piece and begins the next one. `text` is known if plain keys alone were used. */
  end(at: number, isCut: boolean, text?: string): TypedPiece {
    const keys = Buffer.from(this.bytes).toString('utf8');
    const isPlain = keys.search(CONTROLS) < 0 && this.count === this.bytes.length;
    const piece = { text: isPlain ? keys : text, keys, bytes: Math.max(this.count, 1), at, isCut };
    this.bytes = [];
    this.count = 0;
    return piece;
  }
}
