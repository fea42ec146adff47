import { uuidv7, type Clock, type Timer } from '@sallyport/context';
import { cutToBytes, type ObservedCommand } from './observed-command.js';
import { foldPacked } from './folded-text.js';
import type { InputReader } from './input-reader.js';
import { InputTurns } from './input-turns.js';
import { LineCutter } from './line-cutter.js';
import { PackedInput } from './packed-input.js';
import { isBinary, readableParts, withoutControls } from './plain-text.js';
import { ShellSyntax } from './shell-syntax.js';

/** Lines that are read one by one, empty ones included. Input behind them is reported in blocks, because each line costs the event loop some time. */
const SINGLE_LINES = 10_000;
/** Text that came within this time is reported together, unless it is a whole command before. */
const REPORT_AFTER_MS = 2_000;
/** Most commands to report one by one. After that, lines are reported in groups, because each command costs the event loop as much as hundreds of lines. */
const SINGLE_COMMANDS = 500;
const LINES_TOGETHER = 100;
/** Most bytes of text to report of the input of one channel, by its reader. */
const TEXT_LIMIT_BYTES = { shell: 4 * 1024 * 1024, interpreter: 4 * 1024 * 1024, unknown: 256 * 1024 } satisfies Record<
  PipedReader,
  number
>;
/** Longest line, command or block to report in one piece. */
const PIECE_BYTES = 64 * 1024;
/** After more binary input than this nothing is read: some of many random bytes are lines of text by chance. */
const BINARY_LIMIT_BYTES = 64 * 1024;
/** Begins the command that holds the readable parts of binary input: a shell runs a command even with noise behind its `#`. */
const BINARY_MARK = '(binary input, readable parts)';
const PACKED_MARK = '(packed input, readable parts)';
/** Shortest readable part: shells skip noise; of data for another program, shorter parts are chance. */
const READABLE_CHARS = { shell: 4, interpreter: 4, unknown: 8 } satisfies Record<PipedReader, number>;
/** Ends a piece that continues in the next command. */
const PIECE_MARK = ' … (goes on in the next command)';
const LINE_FEED = 0x0a;

/** The reader of the input: one that runs it, or a program that is not known to do so. */
export type PipedReader = InputReader | 'unknown';

/** Reasons for input that is in no command. */
const REASONS = { binary: 'that are not text', 'size-limit': 'behind the longest text that is searched' };

export interface PipedInputOptions {
  readonly reader: PipedReader;
  readonly clock: Clock;
  readonly emit: (command: ObservedCommand) => void;
}

/**
 * Reads the input of a channel without a terminal as commands. A shell's commands are its lines, with continuation lines and here-documents in one;
 * those of another reader are the blocks in which they came. Of a program that is not known to run its input they are a guess. Memory, reports and
 * use of the event loop are bounded. It never throws.
 */
export class PipedInput {
  private readonly cutter = new LineCutter(PIECE_BYTES);
  private readonly packed = new PackedInput();
  private syntax = new ShellSyntax();
  private lines: string[] = [];
  private block: Buffer[] = [];
  private pendingBytes = 0;
  private startedAtMs = 0;
  private seen = { lines: 0, bytes: 0 };
  private reportedCommands = 0;
  private binaryBytes = 0;
  private readonly readable: string[] = [];
  private readonly skippedBytes = { binary: 0, 'size-limit': 0 };
  private rest: keyof typeof REASONS | undefined;
  private timer: Timer | undefined;
  private readonly turns: InputTurns;

  constructor(private readonly options: PipedInputOptions) {
    this.turns = new InputTurns(options.clock, (data) => this.take(data));
  }

  /** Returns how much of the input is in no command, and why; empty for none. */
  get skipped(): string {
    return (['binary', 'size-limit'] as const)
      .filter((why) => this.skippedBytes[why] > 0)
      .map((why) => `${this.skippedBytes[why]} bytes of input ${REASONS[why]}`)
      .join(' and ');
  }

  input(data: Buffer): void {
    this.packed.add(data);
    this.turns.push(data);
  }

  /** Ends the input: the last line needs no line end. Resolves when everything is reported. */
  async close(): Promise<void> {
    await new Promise<void>((resolve) => this.turns.whenIdle(resolve));
    this.end();
    const unpacked = readableParts(await this.packed.unpack());
    if (unpacked.length > 0) this.emitParts(PACKED_MARK, unpacked);
  }

  private end(): void {
    const last = this.cutter.end();
    if (last) this.line(last);
    this.report();
    this.reportBlock(true);
    this.reportReadable();
  }

  /** Takes bytes up to the end of a line or of a block. */
  private take(data: Buffer): number {
    if (this.rest) {
      this.skippedBytes[this.rest] += data.length;
      return data.length;
    }
    if (this.seen.lines >= SINGLE_LINES) return this.takeBlock(data);
    const { line, taken } = this.cutter.take(data);
    if (line) this.line(line);
    return taken;
  }

  private line(bytes: Buffer): void {
    const decoded = bytes.toString('utf8');
    if (this.rest) this.skippedBytes[this.rest] += bytes.length;
    else if (isBinary(decoded)) this.skipBinary(bytes);
    else this.text(bytes, decoded);
  }

  private skipBinary(bytes: Buffer): void {
    this.skippedBytes.binary += bytes.length;
    this.binaryBytes += bytes.length;
    this.readable.push(...readableParts(bytes, READABLE_CHARS[this.options.reader]));
    if (this.binaryBytes <= BINARY_LIMIT_BYTES) return;
    this.report();
    this.reportReadable();
    this.rest = 'binary';
  }

  private text(bytes: Buffer, decoded: string): void {
    if (this.lines.length === 0) this.startedAtMs = this.options.clock.now();
    const isWhole = bytes.at(-1) === LINE_FEED;
    const text = withoutControls(isWhole ? decoded.slice(0, -1) : decoded);
    this.lines.push(isWhole || bytes.length < PIECE_BYTES ? text : text + PIECE_MARK);
    this.pendingBytes += bytes.length;
    this.syntax.addLine(text);
    this.seen.lines += 1;
    if (this.isBeyondLimit(bytes.length) || this.seen.lines >= SINGLE_LINES || this.isComplete(text)) this.report();
    else if (this.pendingBytes >= PIECE_BYTES) this.report(isWhole ? PIECE_MARK : '');
    else this.reportLater();
  }

  /** Counts text, and skips all later input when its limit is reached. */
  private isBeyondLimit(bytes: number): boolean {
    this.seen.bytes += bytes;
    if (this.seen.bytes < TEXT_LIMIT_BYTES[this.options.reader]) return false;
    this.rest ??= 'size-limit';
    return true;
  }

  private isComplete(text: string): boolean {
    // A comment belongs to the command behind it.
    if (this.options.reader !== 'shell' || this.syntax.isOpen || /^\s*#/.test(text)) return false;
    return this.reportedCommands < SINGLE_COMMANDS || this.lines.length >= LINES_TOGETHER;
  }

  private takeBlock(data: Buffer): number {
    const taken = Math.min(data.length, PIECE_BYTES - this.pendingBytes);
    if (this.pendingBytes === 0) this.startedAtMs = this.options.clock.now();
    this.block.push(Buffer.from(data.subarray(0, taken)));
    this.pendingBytes += taken;
    if (this.pendingBytes >= PIECE_BYTES) this.reportBlock(false);
    else this.reportLater();
    return taken;
  }

  /** Reports a block up to its last line end, so that no line is split; the whole of it if it has none, or at the end. */
  private reportBlock(isEnd: boolean): void {
    const all = Buffer.concat(this.block.splice(0));
    const end = isEnd ? all.length : all.lastIndexOf(LINE_FEED) + 1 || all.length;
    const bytes = all.subarray(0, end);
    if (end < all.length) this.block.push(all.subarray(end));
    this.pendingBytes = all.length - end;
    const decoded = bytes.toString('utf8');
    if (isBinary(decoded)) return this.skipBinary(bytes);
    this.isBeyondLimit(bytes.length);
    this.emit(
      withoutControls(decoded)
        .replace(/\n\s*\n/g, '\n')
        .trimEnd(),
      this.startedAtMs,
    );
  }

  private reportLater(): void {
    this.timer ??= this.options.clock.timeout(REPORT_AFTER_MS, () => this.report());
  }

  private report(mark = ''): void {
    this.timer?.cancel();
    this.timer = undefined;
    if (this.block.length > 0) return this.reportBlock(false);
    const { lines, startedAtMs } = this;
    const input = lines.join('\n') + mark;
    this.lines = [];
    this.pendingBytes = 0;
    if (!this.syntax.isOpen) this.syntax = new ShellSyntax();
    this.emit(input, startedAtMs);
  }

  private reportReadable(): void {
    const parts = this.readable.splice(0);
    if (parts.length > 0) this.emitParts(BINARY_MARK, parts);
  }

  private emitParts(mark: string, parts: readonly string[]): void {
    this.emit(cutToBytes([mark, ...parts].join(' '), PIECE_BYTES), this.options.clock.now());
  }

  private emit(input: string, startedAtMs: number): void {
    if (input.trim() === '') return;
    const { reader, clock } = this.options;
    this.reportedCommands += 1;
    this.options.emit({
      id: uuidv7(),
      input: reader === 'shell' ? input : foldPacked(input),
      output: '',
      startedAtMs,
      endedAtMs: clock.now(),
      risk_level: 'accept',
      kind: 'piped',
      certainty: reader === 'unknown' ? 'inferred' : 'piped',
    });
  }
}
