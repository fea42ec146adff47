import { charactersOf, columnsOf } from './text-columns.js';

const MAX_CHARACTERS = 256;
/** No key up to this one joins another. */
const LAST_ASCII = '~';
/** Code units of one character: a family emoji has 11. */
const MAX_CHARACTER = 16;

/**
 * A line and its cursor. Each change returns the text that makes the screen show it: characters, spaces and backspaces only, which every
 * terminal knows.
 */
export class EditedLine {
  private characters: string[] = [];
  /** The number of characters before the cursor. */
  private cursor = 0;

  get text(): string {
    return this.characters.join('');
  }

  get isEmpty(): boolean {
    return this.characters.length === 0;
  }

  clear(): void {
    this.characters = [];
    this.cursor = 0;
  }

  /** Returns true if the line may have room for a key. It is asked for each key of a flood. */
  hasRoomFor(key: string): boolean {
    return this.characters.length < MAX_CHARACTERS || key > LAST_ASCII;
  }

  /** Inserts a key. An accent joins the character before the cursor. */
  insert(key: string): string {
    const before = this.characters[this.cursor - 1];
    const joined = before !== undefined && key > LAST_ASCII && charactersOf(before + key).length === 1;
    if (joined ? before.length >= MAX_CHARACTER : this.characters.length >= MAX_CHARACTERS) return '';
    return joined ? this.replace(this.cursor - 1, this.cursor, [before + key]) : this.replace(this.cursor, this.cursor, [key]);
  }

  /** Moves the cursor, at most to an end of the line. */
  move(characters: number): string {
    const to = Math.max(0, Math.min(this.characters.length, this.cursor + characters));
    const passed = this.characters.slice(Math.min(to, this.cursor), Math.max(to, this.cursor)).join('');
    const isLeft = to < this.cursor;
    this.cursor = to;
    return isLeft ? '\b'.repeat(columnsOf(passed)) : passed;
  }

  moveToStart(): string {
    return this.move(-this.cursor);
  }

  moveToEnd(): string {
    return this.move(this.characters.length);
  }

  eraseBefore(characters: number): string {
    return this.replace(Math.max(0, this.cursor - characters), this.cursor, []);
  }

  eraseAll(): string {
    return this.moveToEnd() + this.eraseBefore(this.characters.length);
  }

  /** Removes the word before the cursor, with the spaces behind it. */
  eraseWord(): string {
    const before = this.characters.slice(0, this.cursor).join('').trimEnd();
    return this.eraseBefore(this.cursor - charactersOf(before.slice(0, before.lastIndexOf(' ') + 1)).length);
  }

  eraseUnder(): string {
    return this.replace(this.cursor, Math.min(this.cursor + 1, this.characters.length), []);
  }

  eraseToEnd(): string {
    return this.replace(this.cursor, this.characters.length, []);
  }

  /** Replaces the characters from `from` to `to`, one of which is the cursor, and moves the cursor behind the new ones. */
  private replace(from: number, to: number, inserted: readonly string[]): string {
    const before = columnsOf(this.characters.slice(from, this.cursor).join(''));
    const oldTail = columnsOf(this.characters.slice(from).join(''));
    this.characters.splice(from, to - from, ...inserted);
    this.cursor = from + inserted.length;
    const after = this.characters.slice(this.cursor).join('');
    const blank = Math.max(0, oldTail - columnsOf(inserted.join('')) - columnsOf(after));
    return '\b'.repeat(before) + inserted.join('') + after + ' '.repeat(blank) + '\b'.repeat(columnsOf(after) + blank);
  }
}
