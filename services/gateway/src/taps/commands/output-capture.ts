import { cutToBytes, OUTPUT_LIMIT_BYTES } from './command-fact.js';

/** Collects the beginning of a command's output, line by line, as the screen showed it. */
export class OutputCapture {
  private text = '';

  get isFull(): boolean {
    return this.text.length >= OUTPUT_LIMIT_BYTES;
  }

  addLine(line: string): void {
    if (!this.isFull) this.text += `${line}\n`;
  }

  /** A last line without its end. */
  addPartial(line: string): void {
    if (line !== '') this.text += line;
  }

  take(): string {
    return cutToBytes(this.text, OUTPUT_LIMIT_BYTES);
  }
}
