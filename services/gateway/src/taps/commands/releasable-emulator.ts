import type { Terminal } from '@xterm/headless';
import { Emulator, type EmulatorEvents } from './emulator.js';
import { writeAtOnce } from './emulator-state.js';
import { keepScreen, type KeptScreen } from './kept-screen.js';
import { RowMark } from './row-mark.js';

/** Marks are searched for unused ones when there are so many. */
const MANY_MARKS = 256;

interface Released extends KeptScreen {
  readonly cols: number;
  readonly rows: number;
  readonly scrollback: number;
}

/** The emulator of a screen. A released one is a text of a few KiB; it becomes an emulator again at the next use. Rows keep their numbers. */
export class ReleasableEmulator {
  private emulator: Emulator | undefined;
  private released: Released | undefined;
  private marks: WeakRef<RowMark>[] = [];
  /** Rows that releases dropped. */
  private dropped = 0;

  constructor(
    cols: number,
    rows: number,
    scrollback: number,
    private readonly events: EmulatorEvents,
  ) {
    this.emulator = Emulator.take(cols, rows, scrollback);
    this.emulator.events = events;
  }

  /** Returns the number of the first row. The alternate screen counts for itself. */
  get firstRow(): number {
    return this.terminal.buffer.active.type === 'normal' ? this.dropped : 0;
  }

  get isReleased(): boolean {
    return this.released !== undefined;
  }

  get terminal(): Terminal {
    return (this.emulator ??= this.restore()).terminal;
  }

  /** Marks a row, counted from the cursor's. */
  mark(offset: number): RowMark {
    const mark = new RowMark(this.terminal.registerMarker(offset), this.dropped);
    this.marks.push(new WeakRef(mark));
    if (this.marks.length >= MANY_MARKS) this.marks = this.marks.filter((each) => (each.deref()?.line ?? -1) >= 0);
    return mark;
  }

  /** Returns the emulator to the spare ones if its screen can be restored exactly. Nothing may be under way in `write`. */
  release(): void {
    if (!this.emulator) return;
    const { terminal } = this.emulator;
    const kept = keepScreen(terminal);
    if (!kept) return;
    this.released = { ...kept, cols: terminal.cols, rows: terminal.rows, scrollback: terminal.options.scrollback ?? 0 };
    this.dropped += kept.first;
    for (const mark of this.marks) mark.deref()?.release(this.dropped);
    this.marks = this.marks.filter((mark) => (mark.deref()?.line ?? -1) >= 0);
    this.emulator.giveBack();
    this.emulator = undefined;
  }

  dispose(): void {
    this.emulator?.dispose();
  }

  private restore(): Emulator {
    const { cols, rows, scrollback, output, joinState } = this.released!;
    const emulator = Emulator.take(cols, rows, scrollback);
    const { terminal } = emulator;
    writeAtOnce(terminal, output, joinState);
    emulator.events = this.events;
    this.released = undefined;
    const { baseY, cursorY } = terminal.buffer.active;
    for (const mark of this.marks) {
      mark.deref()?.follow((line) => terminal.registerMarker(line - this.dropped - baseY - cursorY), this.dropped);
    }
    return emulator;
  }
}
