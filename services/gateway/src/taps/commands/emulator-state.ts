import type { Terminal } from '@xterm/headless';

/** State of xterm.js 6.0.0 that its public interface does not show. */
interface Core {
  writeSync(data: string): void;
  readonly buffer: {
    readonly scrollTop: number;
    readonly scrollBottom: number;
    readonly tabs: Readonly<Record<number, boolean>>;
    readonly savedX: number;
    readonly savedY: number;
    readonly savedCharset: unknown;
  };
  readonly unicodeService: { getStringCellWidth(text: string): number };
  readonly _charsetService: { readonly glevel: number; readonly charset: unknown; readonly _charsets: readonly unknown[] };
  readonly _inputHandler: {
    readonly _parser: { readonly currentState: number; precedingJoinState: number };
    readonly _utf8Decoder: { readonly interim: Uint8Array };
  };
}

const GROUND = 0;
const TAB_WIDTH = 8;

const coreOf = (terminal: Terminal): Core => (terminal as unknown as { readonly _core: Core })._core;

/**
 * Puts text on the screen before it returns. `joinState` says what the next accent joins, as `joinStateOf` returned it. Nothing may be under
 * way in `write`.
 */
export function writeAtOnce(terminal: Terminal, text: string, joinState: number): void {
  const core = coreOf(terminal);
  core.writeSync(text);
  core._inputHandler._parser.precedingJoinState = joinState;
}

export const joinStateOf = (terminal: Terminal): number => coreOf(terminal)._inputHandler._parser.precedingJoinState;

/** Returns the number of cells that a text takes. */
export const widthOf = (terminal: Terminal, text: string): number => coreOf(terminal).unicodeService.getStringCellWidth(text);

/** Returns the cursor that the terminal saved (ESC 7), in rows of the buffer. */
export function savedCursorOf(terminal: Terminal): { readonly x: number; readonly y: number } {
  const { savedX: x, savedY: y } = coreOf(terminal).buffer;
  return { x, y };
}

/**
 * Returns true if text and cursor are the whole state that future output depends on: no sequence has begun, and modes, scroll region, tab
 * stops and character sets are those of a new terminal. Colors and the modes of keys and mouse do not change what stands on a screen.
 */
export function isPlain(terminal: Terminal): boolean {
  const { buffer, _charsetService: charsets, _inputHandler: input } = coreOf(terminal);
  const { modes } = terminal;
  return (
    terminal.buffer.active.type === 'normal' &&
    input._parser.currentState === GROUND &&
    input._utf8Decoder.interim.every((byte) => byte === 0) &&
    buffer.scrollTop === 0 &&
    buffer.scrollBottom === terminal.rows - 1 &&
    hasUsualTabs(buffer.tabs, terminal.cols) &&
    [charsets.charset, buffer.savedCharset, ...charsets._charsets].every((charset) => charset === undefined) &&
    charsets.glevel === 0 &&
    modes.wraparoundMode &&
    !(modes.insertMode || modes.originMode || modes.reverseWraparoundMode || modes.synchronizedOutputMode) &&
    terminal.options.convertEol !== true
  );
}

function hasUsualTabs(tabs: Readonly<Record<number, boolean>>, cols: number): boolean {
  const set = Object.keys(tabs).filter((col) => tabs[Number(col)]);
  return set.length === Math.ceil(cols / TAB_WIDTH) && set.every((col) => Number(col) % TAB_WIDTH === 0);
}
