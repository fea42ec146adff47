/**
 * Bytes of one output stream as text for a terminal. UTF-8 sequences may be cut anywhere; bytes that are none become U+FFFD.
 * Output of a program without a terminal had no driver to turn LF into CR LF, and players write raw: `bare` adds what is missing.
 */
export class TerminalText {
  private readonly decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  private endsWithReturn = false;

  constructor(private readonly bare: boolean) {}

  /** The text that is complete with these bytes. */
  push(bytes: Uint8Array): string {
    return this.withReturns(this.decoder.decode(bytes, { stream: true }));
  }

  /** What an unfinished sequence at the very end becomes. */
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
