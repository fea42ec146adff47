/** Size of an emulated terminal. */
export interface TerminalSize {
  readonly cols: number;
  readonly rows: number;
}

/** Largest terminal that is emulated; the recording has the size as the client sent it. A larger one costs memory and time and shows no further command. */
const MAX_COLS = 1024;
const MAX_ROWS = 512;
/** Most lines that one control sequence may scroll, insert, delete or repeat: the emulator takes microseconds for each, and a sequence may ask for 2^31. */
export const MAX_REPEATS = MAX_ROWS;

/** Returns the size that is emulated for a size that a client sent. */
export const emulatedSize = ({ cols, rows }: TerminalSize): TerminalSize => ({
  cols: Math.min(Math.max(cols, 1), MAX_COLS),
  rows: Math.min(Math.max(rows, 1), MAX_ROWS),
});

/** Price of an event beside its content. */
export const EVENT_PRICE = 64;
/** Cells that the emulator writes in the time of one byte of text, about a quarter of a microsecond. */
const CELLS_PER_UNIT = 28;
/** Longest control sequence to read; a longer one has the highest price. */
const SEQUENCE_BYTES = 48;
const [ESC, LF, FF] = [0x1b, 0x0a, 0x0c];
/** Control sequences that scroll, insert or delete lines, once for each line. */
const BY_LINE = new Set([...'STLM'].map((final) => final.charCodeAt(0)));
/** Control sequences that repeat a character or a tabulator. */
const BY_REPEAT = new Set([...'bIZ'].map((final) => final.charCodeAt(0)));
/** Control sequences and escapes that write the whole screen: erase, reset, alignment, modes, columns. */
const WHOLE_SCREEN = new Set([...'Jchl#}~'].map((final) => final.charCodeAt(0)));

/** Returns the price of a change of the size, which moves every kept line. */
export const resizePrice = (from: TerminalSize, to: TerminalSize): number =>
  EVENT_PRICE + (2 * (cellsOf(from) + cellsOf(to))) / CELLS_PER_UNIT;

const cellsOf = ({ cols, rows }: TerminalSize): number => cols * (rows + 200);

/** Bytes that may be written at once, and their price. */
export interface Affordable {
  readonly bytes: number;
  readonly price: number;
}

/**
 * Returns how much of `data` a budget pays for, at least one byte. Prices are in bytes of plain text. Four bytes can erase a large screen, so control sequences cost
 * what the emulator does for them.
 */
export function affordable(data: Uint8Array, { cols, rows }: TerminalSize, budget: number): Affordable {
  const screen = (cols * rows) / CELLS_PER_UNIT;
  const line = 40 + cols / 8;
  let price = 0;
  for (let at = 0; at < data.length; at += 1) {
    const byte = data[at]!;
    let more = 1;
    if (byte < 0x20) more = byte === ESC ? escapePrice(data, at + 1, screen, cols) : byte >= LF && byte <= FF ? line : 1;
    // In UTF-8, C1 controls begin with C2.
    else if (byte === 0xc2) more = (data[at + 1] ?? 0x9b) < 0xa0 ? dearest(screen, cols) : 1;
    if (price > 0 && price + more > budget) return { bytes: at, price };
    price += more;
  }
  return { bytes: data.length, price };
}

/** Returns the price of the sequence behind an ESC. */
function escapePrice(data: Uint8Array, from: number, screen: number, cols: number): number {
  const cheap = 8 + cols / 16;
  if (data[from] !== 0x5b) {
    const byte = data[from];
    if (byte === undefined || byte < 0x20) return dearest(screen, cols);
    return WHOLE_SCREEN.has(byte) ? screen : cheap + cols / 4;
  }
  let count = 0;
  let hasIntermediate = false;
  for (let at = from + 1; at < Math.min(data.length, from + SEQUENCE_BYTES); at += 1) {
    const byte = data[at]!;
    if (byte >= 0x30 && byte <= 0x39) count = count * 10 + byte - 0x30;
    else if (byte < 0x20) return dearest(screen, cols);
    else if (byte < 0x30) hasIntermediate = true;
    else if (byte >= 0x40) return controlPrice(byte, count, hasIntermediate, screen, cols);
  }
  return dearest(screen, cols);
}

function controlPrice(final: number, count: number, hasIntermediate: boolean, screen: number, cols: number): number {
  if (BY_LINE.has(final)) return Math.min(Math.max(count, 1), MAX_REPEATS) * (20 + cols / 3);
  if (BY_REPEAT.has(final)) return 8 + 8 * Math.min(count, MAX_REPEATS);
  return WHOLE_SCREEN.has(final) || hasIntermediate ? screen : 8 + cols / 16;
}

/** Returns the price of a sequence that is not understood, or whose end has not come. */
const dearest = (screen: number, cols: number): number => screen + MAX_REPEATS * (20 + cols / 3);
