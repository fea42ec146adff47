/**
 * Turns bytes of one output stream into text for a terminal. UTF-8 sequences may be cut anywhere; bytes that are not UTF-8 become U+FFFD. A
 * program without a terminal runs without a driver that turns LF into CR LF, and players write raw: `bare` adds the missing CR.
 */
export class TerminalText {
  private readonly decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  private endsWithReturn = false;

  constructor(private readonly bare: boolean) {}

  /** Returns the text that is complete with these bytes. */
  push(bytes: Uint8Array): string {
    return this.withReturns(this.decoder.decode(bytes, { stream: true }));
  }

  /** Returns the text of an unfinished sequence at the very end. */
  end(): string {
    return this.decoder.decode();
  }

  private withReturns(text: string): string {
    if (!this.bare || text === '') return text;
    const first = this.endsWithReturn && text.startsWith('\n') ? '\n' : '';
    this.endsWithReturn = text.endsWith('\r');
    return first + text.slice(first.length).replace(/(?<!\r)\n/g, '\r\n');
  }
}
