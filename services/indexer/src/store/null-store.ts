import type { CommandStore } from './command-store.js';
import { CommandsNotKept } from './store.errors.js';

/** Stores nothing, for installations that want recordings alone; a search reports that. */
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
