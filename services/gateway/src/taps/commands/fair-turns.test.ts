import { beforeEach, expect, it } from 'vitest';
import { FairTurns, type TurnTaker } from './fair-turns.js';

/** The slices under way, in the order in which the thread works on them. */
let underWay: (() => void)[] = [];
beforeEach(() => (underWay = []));

class Terminal implements TurnTaker {
  constructor(
    readonly session: string,
    private left: number,
    private readonly log: string[],
    private readonly price = 30_000,
  ) {}

  get hasWork(): boolean {
    return this.left > 0;
  }

  start(): { price: number; done: Promise<void> } {
    this.left -= 1;
    this.log.push(this.session);
    return { price: this.price, done: new Promise((resolve) => underWay.push(resolve)) };
  }
}

async function endOne(): Promise<void> {
  underWay.shift()?.();
  await new Promise(setImmediate);
}

async function runAll(): Promise<void> {
  while (underWay.length > 0) await endOne();
}

it('a session with much work on many terminals delays another one by the slices under way alone', async () => {
  const log: string[] = [];
  const turns = new FairTurns(() => undefined);
  const loud = Array.from({ length: 20 }, () => new Terminal('loud', 50, log));
  for (const terminal of loud) turns.add(terminal);
  const started = log.length;
  const quiet = new Terminal('quiet', 1, log, 100);
  turns.add(quiet);
  await runAll();
  expect(log.indexOf('quiet')).toBeLessThanOrEqual(started + 1);
  expect(log.filter((session) => session === 'loud')).toHaveLength(1000);
});

it('sessions that all have much work get equal parts, however many terminals each has', async () => {
  const log: string[] = [];
  const turns = new FairTurns(() => undefined);
  const terminals = [...Array.from({ length: 9 }, () => new Terminal('nine', 100, log)), new Terminal('one', 100, log)];
  for (const terminal of terminals) turns.add(terminal);
  await runAll();
  const first = log.slice(0, 100);
  expect(first.filter((session) => session === 'one').length).toBeGreaterThan(45);
});

it('a session does not save up turns while it is idle', async () => {
  const log: string[] = [];
  const turns = new FairTurns(() => undefined);
  const busy = new Terminal('busy', 60, log);
  turns.add(busy);
  const late = new Terminal('late', 60, log);
  for (let i = 0; i < 30; i += 1) await endOne();
  const from = log.length;
  turns.add(late);
  await runAll();
  const share = log.slice(from, from + 20).filter((session) => session === 'late').length;
  expect(share).toBeLessThan(13);
});
