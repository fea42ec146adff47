import { expect, it } from 'vitest';
import { leastHeavy } from './least-heavy.js';

const aProcess = (name: string, connections: number, utilisation: number, placed = 0) => ({
  name,
  placed,
  report: { connections, utilisation },
});

it('a process with a bulk transfer is avoided, also where it has far fewer connections', () => {
  expect(leastHeavy([aProcess('bulk', 1, 0.9), aProcess('quiet', 200, 0.1)])?.name).toBe('quiet');
});

it('of quiet processes the one with fewer connections is next', () => {
  expect(leastHeavy([aProcess('more', 40, 0.02), aProcess('fewer', 10, 0.02)])?.name).toBe('fewer');
});

it('a crowd that comes between two reports is spread', () => {
  const processes = [aProcess('a', 3, 0.01), aProcess('b', 0, 0.01)];
  for (let i = 0; i < 100; i++) leastHeavy(processes)!.placed += 1;
  expect(processes.map(({ placed }) => placed)).toEqual([50, 50]);
});

it('without a process nobody is placed', () => {
  expect(leastHeavy([])).toBeUndefined();
});
