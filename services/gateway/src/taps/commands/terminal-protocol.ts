import type { ObservedCommand } from './observed-command.js';
import type { UnseenInput } from './unseen-lines.js';

/** An event of a terminal, in order. It owns its bytes, so that they can be transferred to a thread. */
export type TerminalEvent =
  | { readonly kind: 'input'; readonly data: Uint8Array<ArrayBuffer>; readonly at: number }
  | { readonly kind: 'output'; readonly data: Uint8Array<ArrayBuffer>; readonly at: number }
  | { readonly kind: 'resize'; readonly cols: number; readonly rows: number }
  /** Output before this was skipped; the modes are the last ones in the skipped bytes, undefined if there were none. */
  | { readonly kind: 'gap'; readonly isAlternate: boolean | undefined; readonly isEditing: boolean | undefined };

/** State of a terminal when it is opened. */
export interface TerminalStart {
  /** Session of the terminal. The terminals of one session share its part of the thread. */
  readonly session: string;
  readonly cols: number;
  readonly rows: number;
  readonly foreground: string | undefined;
  /** True if the terminal was requested without echo. */
  readonly isEchoOff?: boolean | undefined;
  /** True if the text of lines that were not shown leaves the thread, to be sealed. */
  readonly keepsUnseen?: boolean | undefined;
}

/** Messages to a thread. */
export type ToThread =
  | { readonly type: 'events'; readonly terminal: number; readonly start: TerminalStart; readonly events: readonly TerminalEvent[] }
  | { readonly type: 'close'; readonly terminal: number };

/** Messages from a thread. */
export type FromThread =
  | { readonly type: 'done'; readonly terminal: number }
  | { readonly type: 'command'; readonly terminal: number; readonly command: ObservedCommand }
  | { readonly type: 'unseen'; readonly terminal: number; readonly input: UnseenInput }
  | { readonly type: 'failed'; readonly terminal: number; readonly message: string }
  | { readonly type: 'closed'; readonly terminal: number };

/** Memory that a thread shares with its pool: the number of slices that it has processed. */
export interface ThreadMemory {
  readonly progress: Int32Array<SharedArrayBuffer>;
}
