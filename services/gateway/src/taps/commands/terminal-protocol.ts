import type { ObservedCommand } from './observed-command.js';

/** Something that happened on a terminal, in order. Bytes own their memory, so that a thread can take them over. */
export type TerminalEvent =
  | { readonly kind: 'input'; readonly data: Uint8Array<ArrayBuffer>; readonly at: number }
  | { readonly kind: 'output'; readonly data: Uint8Array<ArrayBuffer>; readonly at: number }
  | { readonly kind: 'resize'; readonly cols: number; readonly rows: number }
  /** Output before this was skipped; the modes are what the skipped bytes last said, undefined when nothing. */
  | { readonly kind: 'gap'; readonly isAlternate: boolean | undefined; readonly isEditing: boolean | undefined };

/** What a terminal is like when it is opened. */
export interface TerminalStart {
  readonly cols: number;
  readonly rows: number;
  readonly foreground: string | undefined;
}

/** Towards a thread. */
export type ToThread =
  | { readonly type: 'events'; readonly terminal: number; readonly start: TerminalStart; readonly events: readonly TerminalEvent[] }
  | { readonly type: 'close'; readonly terminal: number };

/** From a thread. */
export type FromThread =
  | { readonly type: 'done'; readonly terminal: number }
  | { readonly type: 'command'; readonly terminal: number; readonly command: ObservedCommand }
  | { readonly type: 'failed'; readonly terminal: number; readonly message: string }
  | { readonly type: 'closed'; readonly terminal: number };
