import { guessPrompt } from './prompt-class.js';
import { SilentTypeAhead } from './silent-type-ahead.js';
import type { TerminalState } from './terminal-state.js';

/** Finds the typed-ahead lines that a shell without a line editor takes without showing them again; see {@link SilentTypeAhead}. */
export class SilentLines {
  constructor(private readonly state: TerminalState) {}

  /** Returns true if the line of output in `row` belongs to a command that was taken silently. */
  takes(row: number): boolean {
    const { state } = this;
    if (!state.keys.entered.some((line) => line.isEchoed)) return false;
    const line = state.screen.wholeLine(row);
    const prompt = this.prompt ?? guessPrompt(line);
    if (prompt === undefined || !state.silent.addLine(line, prompt)) return false;
    state.foreground.finish();
    return true;
  }

  /** Reports the lines that were taken, if a prompt waits. */
  settle(): void {
    const { state, prompt } = this;
    if (prompt === undefined || state.edit) return;
    const echoed = state.keys.entered.filter((line) => line.isEchoed);
    const texts = echoed.map((line) => line.text ?? '');
    const taken = state.silent.settle(state.left(), prompt, texts);
    const last = echoed.at(-1);
    if (taken.length === 0 || !last) return;
    state.silent = new SilentTypeAhead();
    state.keys.forgetThrough(last);
    state.book.learn(prompt, false);
    for (const { text, output } of taken.filter((command) => command.text.trim() !== '')) {
      state.unseen.found(text);
      // The lines are taken by the number of prompts, so one of them may be another line that was sent.
      state.foreground.run(text, last.at, 'inferred');
      state.foreground.printedPartial(output);
    }
    state.foreground.finish();
  }

  /** Returns the prompt behind which lines are taken without an echo; only if no line editor shows them again. */
  private get prompt(): string | undefined {
    const { book, foreground, keys } = this.state;
    if (book.expectsMark(foreground.line) || !keys.entered.some((line) => line.isEchoed)) return undefined;
    return book.last ?? guessPrompt(this.state.left());
  }
}
