import type { Clock } from '@sallyport/context';
import { boldText, echoOf, shownText, type ChannelRequest, type SshChannel } from '../ssh/index.js';
import { LineEditor } from './line-editor.js';

/** The size and the type of a user's terminal. */
export interface TerminalFacts {
  readonly term: string;
  readonly cols: number;
  readonly rows: number;
}

/** The bound of typed, unread characters. Beyond it the client gets no credit, so a flood of keys costs no memory. */
const MAX_TYPED = 16 * 1024;
/** The bound of output that the client has not taken. Beyond it the client gets no credit. */
const MAX_UNREAD = 256 * 1024;
/** The number of keys that one turn of the event loop processes. */
const KEYS_AT_ONCE = 16 * 1024;

/** A user's terminal while the gateway itself, not an asset, talks with the user. */
export class TerminalIo {
  private readonly editor = new LineEditor();
  private waiting: ((line: string | undefined) => void) | undefined;
  private hasEnded = false;
  private farewell: string | undefined;
  private isProcessing = false;
  private unconsumed = 0;

  constructor(
    private readonly channel: SshChannel,
    public facts: TerminalFacts,
    private readonly readResize: (request: ChannelRequest) => { cols: number; rows: number },
    private readonly clock: Clock,
  ) {}

  /** Attaches to the channel, first or again, with the input that was typed before. */
  attach(typed: readonly Buffer[] = []): void {
    this.channel.attach({
      onData: (data) => this.onData(data),
      onRequest: (request) => this.onRequest(request),
      onEof: () => this.end(),
      onClose: () => this.end(),
      onDrain: () => this.process(),
    });
    for (const data of typed) this.editor.feed(data);
    this.process();
  }

  /** Returns true if the user has left. */
  get isOver(): boolean {
    return this.hasEnded;
  }

  /** Returns true if `finish` was called. */
  get isFinished(): boolean {
    return this.farewell !== undefined;
  }

  /** Ends the conversation with this message: at once, or when the program on the terminal has ended. */
  finish(message: string): void {
    if (this.hasEnded || this.farewell !== undefined) return;
    this.farewell = message;
    this.process();
  }

  /** Shows a text; "\n" begins a new line. */
  write(text: string): void {
    this.channel.write(shownText(text, '\r\n'), 'stdout');
  }

  /** Shows a part of a line, in bold if the terminal supports it. */
  writeBold(text: string): void {
    const hasBold = this.facts.term !== '' && this.facts.term !== 'dumb';
    this.channel.write(hasBold ? boldText(text) : shownText(text, '\r\n'), 'stdout');
  }

  /** Asks for a line. Resolves to undefined if the user leaves or types nothing for the idle time. */
  async ask(prompt: string, idleMs: number): Promise<string | undefined> {
    this.writeBold(prompt);
    const timer = this.clock.timeout(idleMs, () => this.end());
    const line = await new Promise<string | undefined>((resolve) => {
      this.waiting = resolve;
      this.process();
    });
    timer.cancel();
    return line;
  }

  /** Takes the input that was typed ahead: it is meant for the program that comes next. */
  takeTyped(): Buffer {
    this.returnCredit();
    return this.editor.takeTyped();
  }

  private onData(data: Buffer): void {
    this.editor.feed(data);
    this.unconsumed += data.length;
    this.process();
  }

  private onRequest(request: ChannelRequest): void {
    const isResize = request.type === 'window-change';
    if (isResize) this.facts = { ...this.facts, ...this.readResize(request) };
    request.reply(isResize);
  }

  /** Handles the keys. A write may report at once that it has left and call this again. */
  private process(): void {
    if (this.isProcessing) return;
    this.isProcessing = true;
    this.readKeys();
    this.isProcessing = false;
    if (this.editor.typedLength <= MAX_TYPED && this.channel.backlogBytes <= MAX_UNREAD) this.returnCredit();
  }

  /** Reads keys until a line is complete. Echoes are sent together: a packet for each key would cost more than the key. */
  private readKeys(): void {
    const until = this.editor.typedLength - KEYS_AT_ONCE;
    let shown = '';
    while (this.waiting) {
      this.sayFarewell();
      const event = this.hasEnded ? ({ kind: 'end' } as const) : this.editor.next();
      if (!event) break;
      if (event.kind === 'echo') {
        shown += event.text;
        if (this.editor.typedLength > until) continue;
        this.clock.timeout(0, () => this.process());
        break;
      }
      this.channel.write(echoOf(shown), 'stdout');
      shown = '';
      this.answer(event.kind === 'line' ? event.text : undefined);
    }
    this.channel.write(echoOf(shown), 'stdout');
  }

  private sayFarewell(): void {
    if (this.hasEnded || this.farewell === undefined) return;
    this.hasEnded = true;
    this.write(`\n${this.farewell}`);
  }

  private returnCredit(): void {
    this.channel.consume(this.unconsumed);
    this.unconsumed = 0;
  }

  private answer(line: string | undefined): void {
    const resolve = this.waiting;
    this.waiting = undefined;
    this.write('\n');
    if (line === undefined) this.hasEnded = true;
    resolve?.(line);
  }

  private end(): void {
    this.hasEnded = true;
    this.process();
  }
}
