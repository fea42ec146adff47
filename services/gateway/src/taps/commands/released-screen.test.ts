import { describe, expect, it } from 'vitest';
import { Screen, type ScreenEvents } from './screen.js';

const COLS = 20;
const ROWS = 6;
const SILENT: ScreenEvents = { lineLeft() {}, lineEditor() {}, shellMark() {}, screenSwitched() {}, failed() {} };

/** Returns all that the command tracker reads of a screen, in the rows that the other one still has. */
const seen = (screen: Screen, rows: readonly number[]) => ({
  row: screen.row,
  col: screen.col,
  isAlternate: screen.isAlternate,
  rows: rows.map((row) => [row, screen.text(row), screen.fullText(row), screen.continues(row)]),
});

const rowsOf = (screen: Screen): number[] =>
  Array.from({ length: screen.row + ROWS }, (_, row) => row).filter((row) => screen.text(row) !== '');

/** Shows the same output on a screen that is released after each piece, and on one that never is. Returns how often it was released. */
async function compare(pieces: readonly string[]): Promise<number> {
  const [kept, released] = [new Screen(COLS, ROWS, SILENT), new Screen(COLS, ROWS, SILENT)];
  let releases = 0;
  for (const piece of pieces) {
    await Promise.all([kept.write(piece), released.write(piece)]);
    const marks = [kept.markRow(), released.markRow()] as const;
    released.release();
    releases += released.isReleased ? 1 : 0;
    const rows = rowsOf(released);
    expect(rows.length).toBeGreaterThanOrEqual(ROWS);
    expect(seen(released, rows), JSON.stringify(piece)).toEqual(seen(kept, rows));
    expect(marks[1]?.line).toBe(marks[0]?.line);
  }
  kept.dispose();
  released.dispose();
  return releases;
}

/** Pieces whose state is the text and the cursor. */
const PLAIN = [
  '$ ',
  'ls\r\n',
  'one  two\r\n',
  'a long line that wraps around\r\n',
  '\x1b[5Cgap\x1b[2Cgap\r\n',
  '漢字かな交じり文の長い行です\r\n',
  'é\u0301\r\n',
  '\x1b[A\x1b[K',
  '\x1b[H\x1b[2J',
  '\x1b[3;4Hmid',
  '\r\n\r\n\r\n',
  '\x1b7\x1b[1;1Htop\x1b8',
  '\x1b[31mred\x1b[0m ',
  '\x1b[2L',
  '\x1b[M',
  '\t.',
];
/** Pieces that leave more state than that. */
const SPECIAL = [
  '\x1b[2;4r',
  '\x1b[r',
  '\x1b[?6h',
  '\x1b[?6l',
  '\x1b(0',
  '\x1b(B',
  '\x1b[4h',
  '\x1b[4l',
  '\x1b[?1049h',
  '\x1b[?1049l',
  '\x1bH',
  '\x1b[3',
  '4m',
  '\x1b[?7l',
  '\x1b[?7h',
  '\x1b[20h',
  '\x1b[20l',
];

/** Returns numbers from 0 to below `below`, the same ones for a seed. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => (state = (Math.imul(state, 48_271) >>> 0) % 2_147_483_647) % below;
}

describe('a released screen', () => {
  it.each(PLAIN)('is released and shows the same again after %j', async (piece) => {
    expect(await compare(['\x1b[1;1Huser@host:~$ ', piece, 'next'])).toBeGreaterThanOrEqual(2);
  });

  it.each(SPECIAL)('shows the same as one that was kept after %j', async (piece) => {
    await compare(['one\r\ntwo\r\n', piece, 'x\ty', '\r\n\x1b[Mlast', 'a long line that wraps around']);
  });

  it('shows the same as one that was kept, whatever the output', async () => {
    const pieces = [...PLAIN, ...PLAIN, ...SPECIAL];
    for (let seed = 1; seed <= 20; seed++) {
      const next = numbers(seed);
      await compare(Array.from({ length: 40 }, () => pieces[next(pieces.length)]!));
    }
  });

  it.each(['\x1b[2;4r', '\x1b[?6h', '\x1b(0', '\x1b[4h', '\x1b[?1049h', '\x1bH', '\x1b[?7l', '\x1b[20h', '\x1b[3'])(
    'is not released while %j holds',
    async (piece) => {
      const screen = new Screen(COLS, ROWS, SILENT);
      await screen.write(`ready$ ${piece}`);
      screen.release();
      expect(screen.isReleased).toBe(false);
      screen.dispose();
    },
  );

  it('reports no line and no prompt a second time', async () => {
    const events: string[] = [];
    const screen = new Screen(COLS, ROWS, {
      ...SILENT,
      lineLeft: () => events.push('line'),
      lineEditor: (isOn) => events.push(`editor ${isOn}`),
    });
    await screen.write('\x1b[?2004huser $ one\r\ntwo');
    expect(events).toEqual(['editor true', 'line']);
    screen.release();
    expect([screen.isReleased, screen.textLeft(), screen.isReleased]).toEqual([true, 'two', false]);
    expect(events).toEqual(['editor true', 'line']);
    await screen.write('\r\n');
    expect(events).toEqual(['editor true', 'line', 'line']);
    screen.dispose();
  });
});
