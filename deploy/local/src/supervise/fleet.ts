import type { Clock } from '@sallyport/context';
import { StartBroken } from '../local.errors.js';
import { keepRunning, type Supervised, type Watcher } from './keep-running.js';
import type { Unit } from './unit.js';

/** All started units, in the order of starting. */
export interface Fleet {
  /** Starts units side by side and watches them from then on. Rejects with the first failure; the other units stay in the fleet. */
  startAll(units: readonly Unit[]): Promise<void>;
  running(): readonly Supervised[];
  /** Returns the URL of a running unit. */
  urlOf(name: string): string;
  /** Sets the callback that runs after a process was replaced by a new one. */
  onChange(call: () => void): void;
  /** Stops services first, then the parts that they depend on. Safe to call while units start. */
  stopAll(): Promise<void>;
}

/** Order of stopping: gateway and worker, then the other services, then the parts that they depend on. */
const STOP_ORDER: readonly (readonly string[])[] = [
  ['gateway', 'worker'],
  ['core', 'recorder', 'indexer'],
];

const STOP_WAIT_MS = 3000;

/** Creates an empty fleet. `say` gets a line per unit that answers. */
export function fleet(watcher: Watcher, say: (line: string) => void, clock: Clock): Fleet {
  const members: Supervised[] = [];
  const listeners: (() => void)[] = [];
  const starting = new Set<Promise<unknown>>();
  let isLeaving = false;
  const told: Watcher = {
    ...watcher,
    cameBack: (unit, part) => {
      watcher.cameBack(unit, part);
      for (const call of listeners) call();
    },
  };
  const startOne = async (unit: Unit): Promise<void> => {
    const member = await keepRunning(unit, told, clock);
    members.push(member);
    if (isLeaving) await member.stop();
    else say(`${unit.name} is up (pid ${member.current().pid})`);
  };
  return {
    startAll: async (units) => {
      if (isLeaving) throw new StartBroken();
      const starts = units.map(startOne);
      for (const start of starts) starting.add(start);
      await Promise.all(starts);
    },
    running: () => [...members],
    urlOf: (name) => members.find((member) => member.unit.name === name)?.current().url ?? '',
    onChange: (call) => void listeners.push(call),
    stopAll: async () => {
      isLeaving = true;
      // A unit that is still starting then ends with this process: the kernel signals it.
      await Promise.race([Promise.allSettled(starting), clock.sleep(STOP_WAIT_MS)]);
      for (const group of [...STOP_ORDER, members.map((member) => member.unit.name)])
        await Promise.all(members.filter((member) => group.includes(member.unit.name)).map((member) => member.stop()));
    },
  };
}
