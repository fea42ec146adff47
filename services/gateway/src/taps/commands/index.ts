export { createCommandTap, type CommandTap, type CommandTapOptions } from './command-tap.js';
export type { CommandGap, ObservedCommand } from './observed-command.js';
export { simpleCommands } from './simple-commands.js';
export { inputReader, type InputReader } from './input-reader.js';
export { PipedInput, type PipedInputOptions, type PipedReader } from './piped-input.js';
export { withoutControls } from './plain-text.js';
export { secretInput, type SecretInput } from './secret-input.js';
export type { TypedText } from './unseen-lines.js';
export { createTerminalPool, type TerminalPool, type TerminalPoolOptions } from './terminal-pool.js';
