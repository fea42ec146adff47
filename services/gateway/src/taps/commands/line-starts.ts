import { AbortedLine } from './aborted-line.js';
import { endsInSign } from './prompt-class.js';
import type { TerminalState } from './terminal-state.js';
import { mayAskForSecret, type LineStart } from './unseen-rules.js';

/** After this much silence a key is typed at a prompt: the reading program has taken all lines that were sent before. */
const SETTLED_MS = 150;

/** Notes the terminal at the first key of each line. */
export class LineStarts {
  /** The terminal at the first key of the current line. */
  lineStart: LineStart = { left: '', isPrompt: false, isAlternate: false, echoFrom: 0 };
  /** Keys that were typed behind the prompt. */
  atStart = new AbortedLine(false);

  constructor(private readonly state: TerminalState) {}

  /** Remembers the terminal at the first key of a line. While earlier lines are on their way, only a known prompt is one. */
  note(): void {
    const { state } = this;
    const left = state.left();
    const isPrompt =
      state.isPrompt(left) || ((state.isEchoOff || state.keys.entered.length === 0) && (state.edit !== undefined || endsInSign(left)));
    this.lineStart = { left, isPrompt, isAlternate: state.current?.isAlternate === true, echoFrom: state.unseen.echoFrom };
  }

  /** Notes the terminal anew within a line: a program asks now, or a shell waits now. A line that was begun at a question stays its answer. */
  move(): void {
    const { lineStart, state } = this;
    const left = state.left();
    const isQuestion = mayAskForSecret(left) && !(lineStart.left !== '' && left.startsWith(lineStart.left));
    if (!isQuestion && (lineStart.isPrompt || mayAskForSecret(lineStart.left) || !state.isPrompt(left))) return;
    this.note();
    this.lineStart = { ...this.lineStart, echoFrom: lineStart.echoFrom };
  }

  /** Begins a line at `at`: notes its prompt, unless lines before it are still on their way. */
  begin(at: number): void {
    const { keys, edit, screen, lastOutputAt } = this.state;
    this.state.start = undefined;
    if (keys.entered.length > 0) {
      if (at - lastOutputAt < SETTLED_MS || !(edit ?? this.state.isPrompt(this.state.left()))) return;
      // Lines to an asset far away are still on their way, however long the screen has been quiet.
      keys.forgetRead(at);
    }
    this.atStart = new AbortedLine(keys.entered.length === 0);
    this.state.start = { text: this.state.left(), col: edit?.col ?? 0, marker: screen.markRow(), right: edit?.right };
    if (edit?.isAtStart(screen)) this.state.start = edit.promptBefore;
  }
}
