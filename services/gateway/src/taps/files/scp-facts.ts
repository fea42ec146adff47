import { uuidv7, type Clock } from '@sallyport/context';
import { asText, type FileFact, type FileTap } from './file-fact.js';
import type { KeptContent, KeptFile } from './kept-content.js';
import { parseScpCommand, type ScpCommand } from './scp-command.js';
import { ScpPaths } from './scp-paths.js';
import { Transfer } from './transfer.js';

export interface ScpFactsOptions {
  /** Command line of the exec request, `scp -t …` or `scp -f …`. */
  readonly commandLine: string;
  readonly emit: (file: FileFact) => void;
  readonly clock: Clock;
  /** Takes the content of files that are uploaded. */
  readonly content?: KeptContent;
  /** Called when the stream is not scp's; nothing is reported after it. */
  readonly onBroken?: () => void;
}

const NEWLINE = 0x0a;
/** Longest line of either side, as in OpenSSH's scp. */
const LINE_LIMIT = 16_384;
/** First bytes of a sender's line: a file, a directory, its end, times, a warning, an error. */
const SENDER_KINDS = [...'CDET\x01\x02'].map((kind) => kind.charCodeAt(0));
// eslint-disable-next-line no-control-regex -- scp's warnings and errors begin with these
const SENDER_LINE = /^(?:[CD][0-7]{3,6} \d+ [^/]+|E.*|T\d+ \d+ \d+ \d+|[\x01\x02].*)$/s;
/** First bytes of a receiver's answer that is not a success. */
const REFUSALS = [1, 2];

/** The subject of the receiver's next answer. */
type Awaited = 'file' | 'end' | 'other';

interface ScpFile {
  readonly path: string;
  readonly sourceName?: string;
  readonly size: number;
  readonly at: number;
  readonly transfer: Transfer;
  readonly kept: KeptFile | undefined;
  /** Error of the sender after the content. */
  senderError?: string;
}

/**
 * Follows OpenSSH's scp protocol (rcp's, in lockstep): the sender's control lines `C`, `D`, `E`, `T` and file content,
 * and the receiver's answers 0, 1 and 2. Content comes only after a success of the receiver, so both directions are needed to find where it begins.
 */
class ScpFacts implements FileTap {
  private readonly paths: ScpPaths;
  private line: number[] = [];
  private reply: number[] = [];
  private readonly awaited: Awaited[] = ['other'];
  private file: ScpFile | undefined;
  private part: 'control' | 'content' | 'end' = 'control';
  private isBroken = false;

  constructor(
    private readonly command: ScpCommand,
    private readonly options: ScpFactsOptions,
  ) {
    this.paths = new ScpPaths(command);
  }

  input(data: Buffer): void {
    if (this.command.direction === 'upload') this.fromSender(data);
    else this.fromReceiver(data);
  }

  output(data: Buffer): void {
    if (this.command.direction === 'upload') this.fromReceiver(data);
    else this.fromSender(data);
  }

  close(): void {
    if (this.file) this.report(this.file, 'the channel closed before the file was whole');
  }

  private fromSender(data: Buffer): void {
    for (let at = 0; at < data.length && !this.isBroken; ) {
      if (this.part === 'content' && this.file) {
        const piece = data.subarray(at, at + this.file.size - this.file.transfer.bytes);
        this.file.kept?.add(this.file.transfer.bytes, piece);
        this.file.transfer.add(this.file.transfer.bytes, piece);
        at += piece.length;
        if (this.file.transfer.bytes === this.file.size) this.part = 'end';
      } else {
        this.controlByte(data[at] ?? 0);
        at += 1;
      }
    }
  }

  private controlByte(byte: number): void {
    // After the content the sender sends 0, or an error line; then part of the content was made up.
    if (this.part === 'end' && this.line.length === 0 && byte === 0) return this.contentEnds();
    if (byte !== NEWLINE) {
      this.line.push(byte);
      if (this.line.length > LINE_LIMIT || !SENDER_KINDS.includes(this.line[0] ?? 0)) this.breakOff();
      return;
    }
    const text = asText(Buffer.from(this.line));
    this.line = [];
    if (this.part === 'end' && this.file) {
      if (!REFUSALS.includes(text.charCodeAt(0))) return this.breakOff();
      this.file.senderError = text.slice(1);
      this.contentEnds();
    } else {
      this.control(text);
    }
  }

  private contentEnds(): void {
    this.part = 'control';
    this.awaited.push('end');
  }

  private control(line: string): void {
    if (!SENDER_LINE.test(line)) return this.breakOff();
    const kind = line[0];
    const rest = line.slice(1);
    const [, size = '0', name = ''] = /^[0-7]+ (\d+) (.*)$/s.exec(rest) ?? [];
    if (kind === 'C') {
      const kept = this.command.direction === 'upload' ? this.options.content?.file() : undefined;
      this.file = { ...this.paths.pathOf(name), size: Number(size), at: this.options.clock.now(), transfer: new Transfer(), kept };
      this.awaited.push('file');
    } else if (kind === '\x01' || kind === '\x02') {
      this.reportRefused(rest);
    } else {
      if (kind === 'D') this.paths.enter(name);
      if (kind === 'E') this.paths.leave();
      this.awaited.push('other');
    }
  }

  private fromReceiver(data: Buffer): void {
    for (const byte of data) {
      if (this.isBroken) return;
      if (this.reply.length === 0 && byte === 0) this.answered(undefined);
      else if (byte === NEWLINE) this.answered(asText(Buffer.from(this.reply.splice(0)).subarray(1)));
      else this.replyByte(byte);
    }
  }

  private replyByte(byte: number): void {
    this.reply.push(byte);
    if (this.reply.length > LINE_LIMIT || !REFUSALS.includes(this.reply[0] ?? 0)) this.breakOff();
  }

  private breakOff(): void {
    this.isBroken = true;
    this.options.onBroken?.();
  }

  private answered(error: string | undefined): void {
    const what = this.awaited.shift();
    const { file } = this;
    if (!file) {
      if (error !== undefined) this.reportRefused(error);
    } else if (what === 'file' && error === undefined) {
      this.part = file.size > 0 ? 'content' : 'end';
    } else if (what === 'file' || what === 'end') {
      this.report(file, error ?? file.senderError);
      this.part = 'control';
    }
  }

  private report(file: ScpFile, error: string | undefined): void {
    this.file = undefined;
    const { path, sourceName, at, transfer, size, kept } = file;
    const content = transfer.end(error === undefined && transfer.bytes === size);
    this.emit(
      { path, ...(sourceName === undefined ? {} : { sourceName }), ...content, ...(kept && { id: kept.id, keptBytes: kept.bytes }) },
      at,
      error,
    );
  }

  /** Reports a transfer that failed as a whole. The file's name stands in the error message, if anywhere. */
  private reportRefused(error: string): void {
    this.emit({ path: this.command.paths.join(' '), bytes: 0, isPartial: true }, this.options.clock.now(), error || 'refused');
  }

  private emit(facts: Partial<FileFact> & { path: string }, at: number, error: string | undefined): void {
    const outcome = error === undefined ? { ok: true } : { ok: false, error };
    this.options.emit({
      id: uuidv7(),
      protocol: 'scp',
      op: this.command.direction,
      ...facts,
      ...outcome,
      startedAtMs: at,
      endedAtMs: this.options.clock.now(),
    });
  }
}

/** Creates a file tap for an exec channel that runs the server side of scp. Returns undefined for another command line. */
export function createScpFacts(options: ScpFactsOptions): FileTap | undefined {
  const command = parseScpCommand(options.commandLine);
  return command && new ScpFacts(command, options);
}
