import { expect, it } from 'vitest';
import { leastLoaded } from './least-loaded.js';

const aProcess = (name: string, connections: number, utilisation: number, placed = 0) => ({
  name,
  placed,
  report: { connections, utilisation },
});

it('a process with a bulk transfer is avoided, even if it has far fewer connections', () => {
  expect(leastLoaded([aProcess('bulk', 1, 0.9), aProcess('quiet', 200, 0.1)])?.name).toBe('quiet');
});

it('of quiet processes the one with the fewest connections is chosen', () => {
  expect(leastLoaded([aProcess('more', 40, 0.02), aProcess('fewer', 10, 0.02)])?.name).toBe('fewer');
});

it('connections that come between two reports are spread', () => {
  const processes = [aProcess('a', 3, 0.01), aProcess('b', 0, 0.01)];
  for (let i = 0; i < 100; i++) leastLoaded(processes)!.placed += 1;
  expect(processes.map(({ placed }) => placed)).toEqual([50, 50]);
});

it('without a process no connection is placed', () => {
  expect(leastLoaded([])).toBeUndefined();
});
