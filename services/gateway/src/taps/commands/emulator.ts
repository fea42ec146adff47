import xterm from '@xterm/headless';
import type { Terminal } from '@xterm/headless';
import { MAX_REPEATS } from './work-price.js';

/** Events of an emulator while it parses output. */
export interface EmulatorEvents {
  lineFeed(): void;
  bufferChange(): void;
  /** Handles `CSI ? … h|l`. */
  mode(params: readonly (number | number[])[], isOn: boolean): void;
  /** Handles `OSC 133 ; …`. */
  shellMark(data: string): void;
}

/** Control sequences that the emulator carries out step by step: scroll, insert and delete lines, repeat a character, tabulators. */
const REPEATING = [...'STLMbIZ'];
/** Emulators that wait for the next terminal: one takes 175 KiB, and 1 ms to create. */
const MOST_SPARE = 8;
const spare: Emulator[] = [];

/** An xterm.js terminal that several screens use in turn. */
export class Emulator {
  readonly terminal: Terminal;
  /** Events go here; undefined while its screen is shown again. */
  events: EmulatorEvents | undefined;

  private constructor(cols: number, rows: number, scrollback: number) {
    this.terminal = new xterm.Terminal({ cols, rows, scrollback, allowProposedApi: true, logLevel: 'off' });
    const { terminal } = this;
    terminal.onLineFeed(() => this.events?.lineFeed());
    terminal.buffer.onBufferChange(() => this.events?.bufferChange());
    for (const final of ['h', 'l']) {
      terminal.parser.registerCsiHandler({ prefix: '?', final }, (params) => {
        this.events?.mode(params, final === 'h');
        return false;
      });
    }
    // `CSI 2147483647 S` would occupy the thread for hours. No screen has that many lines, so it is left out.
    for (const final of REPEATING) terminal.parser.registerCsiHandler({ final }, ([count]) => Number(count) > MAX_REPEATS);
    terminal.parser.registerOscHandler(133, (data) => {
      this.events?.shellMark(data);
      return true;
    });
  }

  /** Returns an empty emulator of a size. It has no events yet. */
  static take(cols: number, rows: number, scrollback: number): Emulator {
    const emulator = spare.pop();
    if (!emulator) return new Emulator(cols, rows, scrollback);
    emulator.terminal.options.scrollback = scrollback;
    emulator.terminal.resize(cols, rows);
    return emulator;
  }

  /** Keeps an emulator in a plain state for another screen. */
  giveBack(): void {
    this.events = undefined;
    if (spare.length >= MOST_SPARE) return this.terminal.dispose();
    this.terminal.reset();
    spare.push(this);
  }

  dispose(): void {
    this.events = undefined;
    this.terminal.dispose();
  }
}
