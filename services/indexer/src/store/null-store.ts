import type { CommandStore } from './command-store.js';
import { CommandsNotKept } from './store.errors.js';

/** Keeps nothing, for installations that want recordings alone; a search says so. */
export const nullStore: CommandStore = {
  location: 'null',
  migrate: async () => [],
  prepare: async () => {},
  add: async () => new Map(),
  find: async () => {
    throw new CommandsNotKept();
  },
  check: async () => {},
  close: async () => {},
};
