/** A command that a shell read from its input queue without showing it, and its output. */
export interface SilentCommand {
  readonly text: string;
  readonly output: string;
}

/**
 * Follows a shell without a line editor (dash). It shows typed-ahead lines only as the terminal driver echoed them, before their turn.
 * Afterwards prompts follow each other with output between and without another echo. The number of these prompts is the number of lines that the shell
 * read: the last ones echoed, because lines before them went to the program that ran.
 */
export class SilentTypeAhead {
  private readonly outputs: string[] = [];

  /** Adds a line of output; returns true if it belongs to commands that were read silently. */
  addLine(line: string, prompt: string): boolean {
    const { count, rest } = splitPrompts(line, prompt);
    for (let added = 0; added < count; added += 1) this.outputs.push('');
    if (this.outputs.length === 0) return false;
    this.outputs[this.outputs.length - 1] += `${rest}\n`;
    return true;
  }

  /** Returns the commands that were read silently, if `left`, the text before the cursor, is a prompt. */
  settle(left: string, prompt: string, echoed: readonly string[]): SilentCommand[] {
    const { count, rest } = splitPrompts(left, prompt);
    if (count === 0 || rest !== '') return [];
    // The last prompt waits; a line followed each one before it.
    const outputs = [...this.outputs, ...Array.from({ length: count - 1 }, () => '')];
    const taken = Math.min(outputs.length, echoed.length);
    const lines = echoed.slice(echoed.length - taken);
    return lines.map((text, index) => ({ text, output: outputs[outputs.length - taken + index] ?? '' }));
  }
}

function splitPrompts(line: string, prompt: string): { count: number; rest: string } {
  let rest = line;
  let count = 0;
  for (; prompt !== '' && rest.startsWith(prompt); count += 1) rest = rest.slice(prompt.length);
  return { count, rest };
}
