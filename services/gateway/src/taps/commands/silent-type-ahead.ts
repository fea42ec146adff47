/** A command that a shell took from its input queue without showing it, and what it printed. */
export interface SilentCommand {
  readonly text: string;
  readonly output: string;
}

/**
 * A shell without a line editor (dash) shows typed-ahead lines only as the terminal driver echoed them, before their turn:
 * afterwards prompts follow each other with output between and no further echo. Counting these prompts tells how many lines the shell took;
 * they are the last ones echoed, because lines before them went to the program that ran.
 */
export class SilentTypeAhead {
  private readonly outputs: string[] = [];

  /** A line of output was left; returns whether it belongs to commands taken silently. */
  addLine(line: string, prompt: string): boolean {
    const { count, rest } = splitPrompts(line, prompt);
    for (let added = 0; added < count; added += 1) this.outputs.push('');
    if (this.outputs.length === 0) return false;
    this.outputs[this.outputs.length - 1] += `${rest}\n`;
    return true;
  }

  /** The cursor rests behind `left`: what was taken silently, when that is a prompt. */
  settle(left: string, prompt: string, echoed: readonly string[]): SilentCommand[] {
    const { count, rest } = splitPrompts(left, prompt);
    if (count === 0 || rest !== '') return [];
    // The last prompt waits; each before it was answered by a line.
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
