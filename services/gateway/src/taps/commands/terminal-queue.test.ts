import { expect, it } from 'vitest';
import type { TerminalEvent } from './terminal-protocol.js';
import { TerminalQueue } from './terminal-queue.js';

const output = (text: string): TerminalEvent => ({ kind: 'output', data: new Uint8Array(Buffer.from(text)), at: 1 });
const textOf = (events: TerminalEvent[]): string =>
  events.map((event) => ('data' in event ? Buffer.from(event.data).toString() : `<${event.kind}>`)).join('');

it('returns the oldest events first, in batches', () => {
  const queue = new TerminalQueue();
  for (const text of ['a', 'b', 'c']) queue.push(output(text));
  expect(textOf(queue.takeBatch(130))).toBe('ab');
  expect(textOf(queue.takeBatch(1))).toBe('c');
  expect(queue.bytes).toBe(0);
});

it('keeps the newest events behind a gap that carries the screen mode', () => {
  const queue = new TerminalQueue();
  queue.push(output('\x1b[?1049h\x1b[?2004h'));
  queue.push({ kind: 'resize', cols: 100, rows: 30 });
  queue.push(output('x\x1b[?2004l'.repeat(100)));
  queue.push(output('newest'));
  expect(queue.skipTo(100).bytes).toBe(16 + 900);
  const events = queue.takeBatch(Infinity);
  expect(events[0]).toEqual({ kind: 'gap', isAlternate: true, isEditing: false });
  expect(events[1]).toMatchObject({ kind: 'resize', cols: 100 });
  expect(textOf(events.slice(2))).toBe('newest');
});

it('keeps the modes across a gap inside a gap', () => {
  const queue = new TerminalQueue();
  queue.push(output('\x1b[?1049h'));
  queue.skipTo(0);
  queue.push(output('y'.repeat(100)));
  queue.skipTo(0);
  expect(queue.takeBatch(Infinity)[0]).toEqual({ kind: 'gap', isAlternate: true, isEditing: undefined });
});
