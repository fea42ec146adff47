import { INPUT_LIMIT_BYTES } from './observed-command.js';
import type { Screen } from './screen.js';

/** A prompt on its row, from column `col`. */
export interface PromptPlace {
  readonly text: string;
  readonly col: number;
  /** The row on which it was last seen, if that is known. */
  readonly row?: number | undefined;
  /** Text right of the cursor when the prompt was shown (zsh's RPROMPT). */
  readonly right?: string | undefined;
}

/** A line, split behind its prompt. */
export interface Entry {
  readonly prompt: string;
  readonly text: string;
}

const rowLimit = (screen: Screen): number => Math.ceil(INPUT_LIMIT_BYTES / screen.cols) + 1;

/** Returns the line that ends in row `bottom` behind `prompt`, its rows joined; undefined if the prompt is not there. */
export function readBehind(screen: Screen, bottom: number, prompt: PromptPlace): string | undefined {
  if (prompt.text === '') return undefined;
  const top = findPrompt(screen, bottom, prompt);
  if (top === undefined) return undefined;
  const from = colOf(screen, top, prompt) ?? 0;
  const first = withoutRight(screen.fullText(top, from).slice(prompt.text.length), prompt.right);
  return joinRows(screen, top, bottom, first);
}

/** Returns the line that ends in row `bottom` and begins where an empty prompt was seen; undefined if that is not known. */
export function readFrom(screen: Screen, bottom: number, { row, col }: PromptPlace): string | undefined {
  if (row === undefined || row < 0 || row > bottom) return undefined;
  return joinRows(screen, row, bottom, screen.fullText(row, col));
}

/** Returns the line that ends in row `bottom` with exactly the typed text, and the text before it. */
export function readTyped(screen: Screen, bottom: number, typed: string, promptCol = 0): Entry | undefined {
  const text = typed.trimEnd();
  if (text === '') return undefined;
  let top = bottom;
  let line = screen.text(bottom).trimEnd();
  while (line.length < text.length && top > 0 && screen.continues(top - 1)) line = screen.fullText(--top) + line;
  if (!line.endsWith(text)) return undefined;
  const before = line.slice(0, line.length - text.length);
  if (before === '' && top > 0 && screen.continues(top - 1)) return { prompt: screen.fullText(top - 1), text };
  const skipped = screen.text(top, 0, promptCol);
  return { prompt: before.startsWith(skipped) ? before.slice(skipped.length) : before, text };
}

function findPrompt(screen: Screen, bottom: number, prompt: PromptPlace): number | undefined {
  for (let row = bottom; row >= 0 && bottom - row < rowLimit(screen); row -= 1) {
    if (colOf(screen, row, prompt) !== undefined) return row;
    if (row === 0 || !screen.continues(row - 1)) break;
  }
  // Several lines in one editor buffer (a paste): only the row of the prompt shows where they begin.
  const { row } = prompt;
  return row !== undefined && row >= 0 && row <= bottom && colOf(screen, row, prompt) !== undefined ? row : undefined;
}

function colOf(screen: Screen, row: number, prompt: PromptPlace): number | undefined {
  if (prompt.col > 0 && screen.text(row, prompt.col).startsWith(prompt.text)) return prompt.col;
  return screen.text(row).startsWith(prompt.text) ? 0 : undefined;
}

function joinRows(screen: Screen, top: number, bottom: number, first: string): string {
  let text = '';
  for (let row = top; row <= bottom; row += 1) {
    const part = row === top ? first : screen.fullText(row);
    if (row === bottom) text += part.trimEnd();
    else text += screen.continues(row) ? part : `${part.trimEnd()}\n`;
  }
  return text;
}

function withoutRight(text: string, right: string | undefined): string {
  if (right === undefined || right === '' || !text.trimEnd().endsWith(right)) return text;
  return text.trimEnd().slice(0, -right.length);
}
