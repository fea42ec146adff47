import { uuidv7, type Clock, type Timer } from '@sallyport/context';
import { cutToBytes, REPORT_AFTER_MS, type ObservedCommand } from './observed-command.js';
import type { InputReader } from './input-reader.js';
import { InputTurns } from './input-turns.js';
import { LineCutter } from './line-cutter.js';
import { isBinary, readableParts, withoutControls } from './plain-text.js';
import { ShellSyntax } from './shell-syntax.js';

/** Most lines to read of one channel's input, empty ones included; later input is a gap. */
const LINE_LIMIT = 10_000;
/** Most commands to report one by one. After that, lines are reported in groups, because each command costs the event loop as much as hundreds of lines. */
const SINGLE_COMMANDS = 500;
const LINES_TOGETHER = 100;
/** Most bytes of text to read of one channel's input. */
const TEXT_LIMIT_BYTES = 1024 * 1024;
/** Longest line or command to report in one piece. */
const PIECE_BYTES = 64 * 1024;
/** After more binary lines than this nothing is read: some of many random bytes are lines of text by chance. */
const BINARY_LIMIT_BYTES = 64 * 1024;
/** Begins the command that holds the readable parts of binary input: a shell runs a command even with noise behind its `#`. */
const BINARY_MARK = '(binary input, readable parts)';
/** Ends a piece that continues in the next command. */
const PIECE_MARK = ' … (goes on in the next command)';
/** Mark of a packed Ansible module in its first lines. Its arguments may be secrets, and each task has 300 lines of wrapper. */
const MODULE_MARK = '_ANSIBALLZ_WRAPPER = True';
const MODULE_HEAD_BYTES = 1024;
/** Longest password. */
const PASSWORD_BYTES = 256;
/** A line that is one plain shell token. */
const ONE_TOKEN = /^[^\s;&|<>()`$/={}]+$/;

/** Reason for input that is in no command. */
export type InputGap = 'binary' | 'size-limit' | 'module-code';

export interface PipedInputOptions {
  readonly reader: InputReader;
  /** True if the first line may be the password that sudo or su asks for. */
  readonly isSecretFirst: boolean;
  readonly clock: Clock;
  readonly emit: (command: ObservedCommand) => void;
  /** Takes input that is in no command, to be counted and hashed at once. */
  readonly skip: (why: InputGap, data: Buffer) => void;
  /** Takes input of which only the length may be kept. */
  readonly withhold: (data: Buffer) => void;
}

/**
 * Reads the input of a shell or interpreter without a terminal as commands. A shell's commands are its lines, with continuation lines and
 * here-documents in one; those of another language are the blocks in which they came. Memory, reports and use of the event loop are bounded.
 * It never throws.
 */
export class PipedInput {
  private readonly cutter = new LineCutter(PIECE_BYTES);
  private syntax = new ShellSyntax();
  private lines: string[] = [];
  private raw: Buffer[] = [];
  private pendingBytes = 0;
  private startedAtMs = 0;
  private seen = { lines: 0, bytes: 0 };
  private reportedCommands = 0;
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

  /** Takes output. Output before any input that ends within a line is a question. */
  output(data: Buffer): void {
    if (this.isFirst) this.isAsked = data.length > 0 && data.at(-1) !== 0x0a;
  }

  input(data: Buffer): void {
    this.turns.push(data);
  }

  /** Ends the input: the last line needs no line end. Resolves when everything is reported: at once, unless input waits. */
  close(): Promise<void> {
    return new Promise((resolve) => this.turns.whenIdle(() => resolve(this.end())));
  }

  private end(): void {
    const last = this.cutter.end();
    if (last) this.line(last);
    this.report();
    this.reportReadable();
  }

  /** Takes bytes up to the end of a line. */
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

  /** Returns true for a line that was asked for, or that is one plain shell token: a whole command line must not pass for a password. */
  private isSecret(bytes: Buffer): boolean {
    if (!this.options.isSecretFirst || bytes.length > PASSWORD_BYTES) return false;
    return this.isAsked || ONE_TOKEN.test(bytes.toString('utf8').trimEnd());
  }

  private skipBinary(bytes: Buffer): void {
    this.options.skip('binary', bytes);
    this.binaryBytes += bytes.length;
    this.readable.push(...readableParts(bytes));
    if (this.binaryBytes <= BINARY_LIMIT_BYTES) return;
    this.report();
    this.reportReadable();
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
    else if (this.isComplete(text)) this.report();
    else if (this.pendingBytes >= PIECE_BYTES) this.report(isWhole ? PIECE_MARK : '');
    else this.reportLater();
  }

  private isBeyondLimit(bytes: number): boolean {
    this.seen = { lines: this.seen.lines + 1, bytes: this.seen.bytes + bytes };
    return this.seen.lines >= LINE_LIMIT || this.seen.bytes >= TEXT_LIMIT_BYTES;
  }

  private endAtLimit(): void {
    this.report();
    this.rest ??= 'size-limit';
  }

  private isComplete(text: string): boolean {
    // A comment belongs to the command behind it.
    if (this.options.reader !== 'shell' || this.syntax.isOpen || /^\s*#/.test(text)) return false;
    return this.reportedCommands < SINGLE_COMMANDS || this.lines.length >= LINES_TOGETHER;
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

  private reportLater(): void {
    this.timer ??= this.options.clock.timeout(REPORT_AFTER_MS, () => this.report());
  }

  private report(mark = ''): void {
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

  private reportReadable(): void {
    const parts = this.readable.splice(0);
    if (parts.length > 0) this.emit(cutToBytes([BINARY_MARK, ...parts].join(' '), PIECE_BYTES), this.options.clock.now());
  }

  private emit(input: string, startedAtMs: number): void {
    if (input.trim() === '') return;
    this.reportedCommands += 1;
    this.options.emit({
      id: uuidv7(),
      input,
      output: '',
      startedAtMs,
      endedAtMs: this.options.clock.now(),
      risk_level: 'accept',
      kind: 'piped',
      certainty: 'piped',
    });
  }
}
