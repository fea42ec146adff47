import { expect, it } from 'vitest';
import type { TerminalEvent } from './terminal-protocol.js';
import { WaitingWork } from './waiting-work.js';
import { affordable } from './work-price.js';

const BUDGET = 32 * 1024;
const NORMAL = { cols: 80, rows: 24 };
const output = (text: string): TerminalEvent => ({ kind: 'output', data: new Uint8Array(Buffer.from(text)), at: 1 });
const resize = (cols: number, rows: number): TerminalEvent => ({ kind: 'resize', cols, rows });
const bytesOf = (text: string, size = NORMAL): number => affordable(Buffer.from(text), size, BUDGET).bytes;

it('changes of the size that follow each other are one', () => {
  const work = new WaitingWork(NORMAL);
  work.add(Array.from({ length: 1000 }, (_, i) => resize(i % 2 ? 1000 : 1, 1000)));
  expect(work.take(BUDGET).events).toEqual([resize(1000, 1000)]);
  expect(work.isEmpty).toBe(true);
});

it('a change of the size of a large terminal costs by its cells, so few of them are done at once', () => {
  const work = new WaitingWork({ cols: 1000, rows: 1000 });
  for (let i = 0; i < 100; i += 1) work.add([resize(i % 2 ? 1000 : 1, 1000), output('x')]);
  let slices = 0;
  for (; !work.isEmpty; slices += 1) work.take(BUDGET);
  expect(slices).toBeGreaterThan(50);
});

it('a slice ends with a run of output, because each run takes a turn of the loop', () => {
  const work = new WaitingWork(NORMAL);
  for (let i = 0; i < 3; i += 1) work.add([{ kind: 'input', data: new Uint8Array([0x61]), at: 1 }, output('a'), output('b')]);
  const first = work.take(BUDGET).events.map(({ kind }) => kind);
  expect(first).toEqual(['input', 'output', 'output']);
});

it('bytes stay in order and whole, however small the slices are', () => {
  const work = new WaitingWork(NORMAL);
  const text = 'plain \x1b[2J\x1b[31m text\r\n'.repeat(500);
  work.add([output(text.slice(0, 3000)), output(text.slice(3000))]);
  let seen = '';
  while (!work.isEmpty) for (const event of work.take(500).events) if (event.kind === 'output') seen += Buffer.from(event.data).toString();
  expect(seen).toBe(text);
});

it.each([
  ['plain text', 'x', 32_000, 33_000],
  ['lines of output', `${'x'.repeat(76)}\r\n`, 15_000, 33_000],
  ['colors', '\x1b[1;32mok\x1b[0m ', 10_000, 33_000],
  ['erased screens', '\x1b[2J', 1_000, 3_000],
  ['scrolled lines', '\x1b[500S', 1, 50],
  ['a sequence that asks for 2^31 lines', '\x1b[2147483647S', 1, 50],
  ['a repeated character', 'x\x1b[999999b', 10, 200],
  ['C1 controls', '\u009b2J', 1, 50],
  ['sequences with controls inside', '\x1b[\n2J', 1, 50],
  ['sequences without an end', `\x1b[${'1;'.repeat(100)}`, 1, 2_000],
])('%s: as much is written at once as its price allows', (_, text, least, most) => {
  const bytes = bytesOf(text.repeat(Math.ceil(40_000 / text.length)));
  expect(bytes).toBeGreaterThanOrEqual(least);
  expect(bytes).toBeLessThanOrEqual(most);
});

it('erasing a large screen costs more than erasing a small one', () => {
  const text = '\x1b[2J'.repeat(10_000);
  expect(bytesOf(text, { cols: 1000, rows: 500 })).toBeLessThan(bytesOf(text) / 100);
});
