import type { IBuffer, IBufferCell, IBufferLine, Terminal } from '@xterm/headless';
import { isPlain, joinStateOf, savedCursorOf, widthOf } from './emulator-state.js';

/** The screen of an idle terminal, as output that shows it again on a new one of its size. */
export interface KeptScreen {
  /** First row of the buffer that is kept. */
  readonly first: number;
  readonly output: string;
  readonly joinState: number;
}

/** A line that begins further above the screen is not kept. */
const MOST_ROWS_ABOVE = 50;

/** Returns what the screen shows; undefined if it can't be restored exactly. Rows above the screen are left out, unless a line on it begins there. */
export function keepScreen(terminal: Terminal): KeptScreen | undefined {
  const buffer = terminal.buffer.active;
  if (!isPlain(terminal) || buffer.cursorX >= terminal.cols) return undefined;
  let first = buffer.baseY;
  while (first > 0 && buffer.getLine(first)?.isWrapped) first -= 1;
  if (buffer.getLine(first)?.isWrapped || buffer.baseY - first > MOST_ROWS_ABOVE) return undefined;
  const rows = rowsFrom(terminal, first, first === buffer.baseY ? lastUsedRow(buffer, terminal.rows) : buffer.baseY + terminal.rows - 1);
  if (rows === undefined) return undefined;
  const output = rows + savedCursor(terminal) + position(buffer.cursorX, buffer.cursorY);
  return { first, output, joinState: joinStateOf(terminal) };
}

/** Returns the last row that has text or the cursor. */
function lastUsedRow(buffer: IBuffer, height: number): number {
  let row = buffer.baseY + height - 1;
  const isUnused = (line: IBufferLine): boolean => !line.isWrapped && endOf(line, buffer.getNullCell()) === 0;
  while (row > buffer.baseY + buffer.cursorY && isUnused(buffer.getLine(row)!)) row -= 1;
  return row;
}

function rowsFrom(terminal: Terminal, first: number, last: number): string | undefined {
  const buffer = terminal.buffer.active;
  const cell = buffer.getNullCell();
  let output = '';
  for (let row = first; row <= last; row += 1) {
    const line = buffer.getLine(row)!;
    if (row > first && !line.isWrapped) output += '\r\n';
    else if (row > first && !wraps(buffer.getLine(row - 1)!, line, cell)) return undefined;
    const text = textOf(terminal, line, cell);
    if (text === undefined) return undefined;
    output += text;
  }
  return output;
}

/** Returns true if writing both rows one after the other wraps between them. */
function wraps(above: IBufferLine, line: IBufferLine, cell: IBufferCell): boolean {
  const isFull = endOf(above, cell) === above.length;
  const begin = line.getCell(0, cell);
  return (
    begin !== undefined &&
    isWritten(begin) &&
    begin.getWidth() > 0 &&
    (isFull || (begin.getWidth() === 2 && endOf(above, cell) === above.length - 1))
  );
}

/** Returns the output that fills a row. Cells never written are skipped by moving the cursor: they differ from blanks. Undefined if some cell would not be filled alike. */
function textOf(terminal: Terminal, line: IBufferLine, cell: IBufferCell): string | undefined {
  let text = '';
  let skipped = 0;
  for (let col = 0, end = endOf(line, cell); col < end; ) {
    line.getCell(col, cell);
    if (isWritten(cell)) {
      const [chars, width] = [cell.getChars(), cell.getWidth()];
      if (!fills(terminal, chars, width) || (width === 2 && line.getCell(col + 1, cell)?.getWidth() !== 0)) return undefined;
      text += (skipped > 0 ? `\x1b[${skipped}C` : '') + chars;
      skipped = 0;
      col += width;
    } else {
      skipped += 1;
      col += 1;
    }
  }
  return text;
}

/** Returns true if a cell's characters take that cell. A lone accent would join the cell before. */
const fills = (terminal: Terminal, chars: string, width: number): boolean =>
  width > 0 && ((width === 1 && /^[ -~]$/.test(chars)) || widthOf(terminal, chars) === width);

/** Returns the column behind the last written cell. */
function endOf(line: IBufferLine, cell: IBufferCell): number {
  let end = line.length;
  while (end > 0 && !isWritten(line.getCell(end - 1, cell)!)) end -= 1;
  return end;
}

const isWritten = (cell: IBufferCell): boolean => cell.getCode() !== 0 || cell.getWidth() === 0;

function savedCursor(terminal: Terminal): string {
  const { x, y } = savedCursorOf(terminal);
  return x === 0 && y === 0 ? '' : `${position(x, Math.max(0, y - terminal.buffer.active.baseY))}\x1b7`;
}

const position = (x: number, y: number): string => `\x1b[${y + 1};${x + 1}H`;
