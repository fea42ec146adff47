import { uuidv7, type Clock, type Timer } from '@sallyport/context';
import { cutToBytes, REPORT_AFTER_MS, type ObservedCommand } from './observed-command.js';
import type { InputReader } from './input-reader.js';
import { InputTurns } from './input-turns.js';
import { LineCutter } from './line-cutter.js';
import { isBinary, readableParts, withoutControls } from './plain-text.js';
import { ShellSyntax } from './shell-syntax.js';

/** Lines looked at of one channel's input, at most, empty ones as well; what comes after is a gap. */
const LINE_LIMIT = 10_000;
/** So many commands are told one by one; then, since each costs the event loop as much as hundreds of lines, so many lines together. */
const SINGLE_COMMANDS = 500;
const LINES_TOGETHER = 100;
/** Bytes of text looked at of one channel's input, at most. */
const TEXT_LIMIT_BYTES = 1024 * 1024;
/** A line or a command longer than this is told in pieces. */
const PIECE_BYTES = 64 * 1024;
/** Behind more binary lines than this nothing is looked at any more: among many random bytes some are lines of text by chance. */
const BINARY_LIMIT_BYTES = 64 * 1024;
/** Begins the one command that holds what can be read of binary input: a shell runs a command all the same when there is noise behind its `#`. */
const BINARY_MARK = '(binary input, readable parts)';
/** Ends a piece that goes on in the next command. */
const PIECE_MARK = ' … (goes on in the next command)';
/** A packed Ansible module says so in its first lines. Its arguments may be secrets, and a task has as much wrapper as 300 lines. */
const MODULE_MARK = '_ANSIBALLZ_WRAPPER = True';
const MODULE_HEAD_BYTES = 1024;
/** No password is longer. */
const PASSWORD_BYTES = 256;
/** A line that is nothing but one plain word. */
const ONE_WORD = /^[^\s;&|<>()`$/={}]+$/;

/** Why input is in no command. */
export type InputGap = 'binary' | 'size-limit' | 'module-code';

export interface PipedInputOptions {
  readonly reader: InputReader;
  /** The first line may be the password that sudo or su asks for. */
  readonly isSecretFirst: boolean;
  readonly clock: Clock;
  readonly emit: (command: ObservedCommand) => void;
  /** Input that becomes no command; to be counted and hashed at once. */
  readonly skip: (why: InputGap, data: Buffer) => void;
  /** Input of which nothing but its length may be kept. */
  readonly withhold: (data: Buffer) => void;
}

/**
 * What a shell or interpreter without a terminal reads, as commands: a shell's line by line, with continuation lines and here-documents in
 * one; another language's as the blocks in which they came. Bounded in memory, in what is told and in how long it keeps the event loop;
 * never throws.
 */
export class PipedInput {
  private readonly cutter = new LineCutter(PIECE_BYTES);
  private syntax = new ShellSyntax();
  private lines: string[] = [];
  private raw: Buffer[] = [];
  private pendingBytes = 0;
  private startedAtMs = 0;
  private seen = { lines: 0, bytes: 0 };
  private toldCommands = 0;
  private binaryBytes = 0;
  private readonly readable: string[] = [];
  private rest: InputGap | undefined;
  private isFirst = true;
  private isAsked = false;
  private isHead = true;
  private timer: Timer | undefined;
  private readonly turns: InputTurns;

  constructor(private readonly options: PipedInputOptions) {
    this.turns = new InputTurns(options.clock, (data) => this.take(data));
  }

  /** Output before any input that ends within a line: somebody asks for something. */
  output(data: Buffer): void {
    if (this.isFirst) this.isAsked = data.length > 0 && data.at(-1) !== 0x0a;
  }

  input(data: Buffer): void {
    this.turns.push(data);
  }

  /** No more comes: the last line needs no end. Resolves when all is told: at once, unless input waits. */
  close(): Promise<void> {
    return new Promise((resolve) => this.turns.whenIdle(() => resolve(this.end())));
  }

  private end(): void {
    const last = this.cutter.end();
    if (last) this.line(last);
    this.tell();
    this.tellReadable();
  }

  /** Up to the end of a line. */
  private take(data: Buffer): number {
    if (this.rest) {
      this.options.skip(this.rest, data);
      return data.length;
    }
    const { line, taken } = this.cutter.take(data);
    if (line) this.line(line);
    return taken;
  }

  private line(bytes: Buffer): void {
    const isFirst = this.isFirst;
    this.isFirst = false;
    if (this.rest) this.options.skip(this.rest, bytes);
    else if (isFirst && this.isSecret(bytes)) this.options.withhold(bytes);
    else this.look(bytes, bytes.toString('utf8'));
  }

  private look(bytes: Buffer, decoded: string): void {
    if (isBinary(decoded)) this.skipBinary(bytes);
    else this.text(bytes, decoded);
  }

  /** Only what was asked for before anything was sent, or one plain word: a whole command line must not pass for a password. */
  private isSecret(bytes: Buffer): boolean {
    if (!this.options.isSecretFirst || bytes.length > PASSWORD_BYTES) return false;
    return this.isAsked || ONE_WORD.test(bytes.toString('utf8').trimEnd());
  }

  private skipBinary(bytes: Buffer): void {
    this.options.skip('binary', bytes);
    this.binaryBytes += bytes.length;
    this.readable.push(...readableParts(bytes));
    if (this.binaryBytes <= BINARY_LIMIT_BYTES) return;
    this.tell();
    this.tellReadable();
    this.rest = 'binary';
  }

  private text(bytes: Buffer, decoded: string): void {
    if (this.lines.length === 0) this.startedAtMs = this.options.clock.now();
    const isWhole = bytes.at(-1) === 0x0a;
    const text = withoutControls(isWhole ? decoded.slice(0, -1) : decoded);
    this.lines.push(isWhole || bytes.length < PIECE_BYTES ? text : text + PIECE_MARK);
    this.pendingBytes += bytes.length;
    if (this.isHead && this.options.reader === 'interpreter') this.raw.push(bytes);
    this.syntax.addLine(text);
    if (this.isHead && this.pendingBytes >= MODULE_HEAD_BYTES) this.headEnds();
    if (this.isBeyondLimit(bytes.length)) this.endAtLimit();
    else if (this.isComplete(text)) this.tell();
    else if (this.pendingBytes >= PIECE_BYTES) this.tell(isWhole ? PIECE_MARK : '');
    else this.tellLater();
  }

  private isBeyondLimit(bytes: number): boolean {
    this.seen = { lines: this.seen.lines + 1, bytes: this.seen.bytes + bytes };
    return this.seen.lines >= LINE_LIMIT || this.seen.bytes >= TEXT_LIMIT_BYTES;
  }

  private endAtLimit(): void {
    this.tell();
    this.rest ??= 'size-limit';
  }

  private isComplete(text: string): boolean {
    // A comment goes with the command behind it.
    if (this.options.reader !== 'shell' || this.syntax.isOpen || /^\s*#/.test(text)) return false;
    return this.toldCommands < SINGLE_COMMANDS || this.lines.length >= LINES_TOGETHER;
  }

  private headEnds(): void {
    if (this.isModule()) this.dropAsModule();
    this.isHead = false;
    this.raw = [];
  }

  private isModule(): boolean {
    return this.raw.length > 0 && Buffer.concat(this.raw).subarray(0, MODULE_HEAD_BYTES).includes(MODULE_MARK);
  }

  private dropAsModule(): void {
    for (const bytes of this.raw) this.options.skip('module-code', bytes);
    this.raw = [];
    this.lines = [];
    this.pendingBytes = 0;
    this.rest = 'module-code';
  }

  private tellLater(): void {
    this.timer ??= this.options.clock.timeout(REPORT_AFTER_MS, () => this.tell());
  }

  private tell(mark = ''): void {
    this.timer?.cancel();
    this.timer = undefined;
    if (this.isHead && this.raw.length > 0) this.headEnds();
    const { lines, startedAtMs } = this;
    const input = lines.join('\n') + mark;
    this.lines = [];
    this.pendingBytes = 0;
    if (!this.syntax.isOpen) this.syntax = new ShellSyntax();
    this.emit(input, startedAtMs);
  }

  private tellReadable(): void {
    const parts = this.readable.splice(0);
    if (parts.length > 0) this.emit(cutToBytes([BINARY_MARK, ...parts].join(' '), PIECE_BYTES), this.options.clock.now());
  }

  private emit(input: string, startedAtMs: number): void {
    if (input.trim() === '') return;
    this.toldCommands += 1;
    this.options.emit({
      id: uuidv7(),
      input,
      output: '',
      startedAtMs,
      endedAtMs: this.options.clock.now(),
      risk_level: 'accept',
      kind: 'piped',
    });
  }
}
