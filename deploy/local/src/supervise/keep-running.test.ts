import type { PartExit, RunningPart } from '@sallyport/backing';
import { fakeClock } from '@sallyport/testkit';
import { expect, test } from 'vitest';
import { keepRunning, type Watcher } from './keep-running.js';
import type { Unit } from './unit.js';

interface FakePart extends RunningPart {
  die(exit: PartExit): void;
}

const KILLED: PartExit = { code: null, signal: 'SIGKILL' };

function fakePart(pid: number): FakePart {
  let die: (exit: PartExit) => void = () => undefined;
  const exited = new Promise<PartExit>((resolve) => (die = resolve));
  const stop = async (): Promise<void> => die({ code: 0, signal: null });
  return { name: 'thing', pid, port: 1, url: 'x', logFile: '/x', exited, stop, die };
}

/** Creates a unit whose starts number `failing` fail. */
function aUnit(failing: readonly number[] = []): { unit: Unit; parts: FakePart[]; starts: () => number } {
  const parts: FakePart[] = [];
  let starts = 0;
  const start = async (): Promise<RunningPart> => {
    starts += 1;
    if (failing.includes(starts)) throw new Error(`start ${starts} fails`);
    const part = fakePart(starts);
    parts.push(part);
    return part;
  };
  return { unit: { name: 'thing', kind: 'service', start }, parts, starts: () => starts };
}

function listen(): { said: string[]; watcher: Watcher } {
  const said: string[] = [];
  const watcher = {
    died: (_unit: Unit, how: string) => said.push(`died ${how}`),
    cameBack: (_unit: Unit, part: RunningPart) => said.push(`back ${part.pid}`),
    failedAgain: (_unit: Unit, error: Error) => said.push(error.message),
  };
  return { said, watcher };
}

test('a killed process is started again, and both are reported', async () => {
  const clock = fakeClock();
  const { unit, parts } = aUnit();
  const { said, watcher } = listen();
  const supervised = await keepRunning(unit, watcher, clock);
  parts[0]?.die(KILLED);
  await clock.advance(300);
  expect({ said, pid: supervised.current().pid }).toEqual({ said: ['died SIGKILL', 'back 2'], pid: 2 });
});

test('a start that fails is tried again, later each time', async () => {
  const clock = fakeClock();
  const { unit, parts, starts } = aUnit([2, 3, 4]);
  const { said, watcher } = listen();
  await keepRunning(unit, watcher, clock);
  parts[0]?.die(KILLED);
  await clock.advance(200 + 400);
  expect(starts()).toBeLessThan(5);
  await clock.advance(800 + 1600);
  expect(said).toEqual(['died SIGKILL', 'start 2 fails', 'start 3 fails', 'start 4 fails', 'back 5']);
});

test('a unit that keeps dying is restarted with growing waits, and one steady run resets them', async () => {
  const clock = fakeClock();
  const { unit, parts, starts } = aUnit();
  await keepRunning(unit, listen().watcher, clock);
  for (let round = 0; round < 100; round += 1) {
    parts.at(-1)?.die(KILLED);
    await clock.advance(600);
  }
  expect(starts()).toBeLessThan(20); // in one minute
  await clock.advance(41_000);
  const before = starts();
  parts.at(-1)?.die(KILLED);
  await clock.advance(200);
  expect(starts()).toBe(before + 1);
});

test('a stopped unit stays stopped', async () => {
  const clock = fakeClock();
  const { unit, starts } = aUnit();
  const { said, watcher } = listen();
  const supervised = await keepRunning(unit, watcher, clock);
  await supervised.stop();
  await clock.advance(60_000);
  expect({ said, starts: starts() }).toEqual({ said: [], starts: 1 });
});

test('a first start that fails is thrown, not retried', async () => {
  await expect(keepRunning(aUnit([1]).unit, listen().watcher, fakeClock())).rejects.toThrow('start 1 fails');
});
