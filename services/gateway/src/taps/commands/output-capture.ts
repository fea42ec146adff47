import { cutToBytes, OUTPUT_LIMIT_BYTES, printedFacts, type ObservedCommand } from './observed-command.js';

/** Collects the beginning of a command's output, line by line, as the screen showed it, and counts the rest. */
export class OutputCapture {
  private text = '';
  private bytes = 0;

  get isEmpty(): boolean {
    return this.bytes === 0;
  }

  /** Returns true if no more text is kept. */
  get isFull(): boolean {
    return this.text.length >= OUTPUT_LIMIT_BYTES;
  }

  addLine(line: string): void {
    this.add(`${line}\n`);
  }

  /** Adds a last line without its end. */
  addPartial(line: string): void {
    this.add(line);
  }

  /** Returns the fields of the output; `isOver`: no more can come. */
  take(isOver: boolean): Pick<ObservedCommand, 'output' | 'output_truncated' | 'output_bytes'> {
    const output = cutToBytes(this.text, OUTPUT_LIMIT_BYTES);
    return { output, ...printedFacts(isOver, this.bytes > Buffer.byteLength(output), this.bytes) };
  }

  private add(text: string): void {
    this.bytes += Buffer.byteLength(text);
    if (!this.isFull) this.text += text;
  }
}
