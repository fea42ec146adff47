export { createCommandTap, type CommandTap, type CommandTapOptions } from './command-tap.js';
export type { CommandFact, CommandGap, CommandKind } from './command-fact.js';
export { createTerminalPool, type TerminalPool, type TerminalPoolOptions } from './terminal-pool.js';
