export { MAX_LIMIT, MAX_OFFSET, type CommandQuery, type CommandStore, type Position } from './command-store.js';
export type { Command } from './command.js';
export { openStore, type StoreChoice } from './open-store.js';
