import type { IMarker } from '@xterm/headless';

/** A row of a screen. It moves with the row's text and outlives the emulator that showed it. */
export class RowMark {
  private kept = -1;

  /** @param shift is added to the marker's row. */
  constructor(
    private marker: IMarker | undefined,
    private shift: number,
  ) {}

  /** Returns the number of the row; -1 if the screen no longer has it. */
  get line(): number {
    if (!this.marker) return this.kept;
    return this.marker.line < 0 ? -1 : this.marker.line + this.shift;
  }

  /** Keeps the number while no emulator shows the row. Rows above `first` are gone. */
  release(first: number): void {
    const { line } = this;
    this.kept = line < first ? -1 : line;
    this.marker?.dispose();
    this.marker = undefined;
  }

  /** Follows the row again. Does nothing for a row that is gone. */
  follow(mark: (line: number) => IMarker | undefined, shift: number): void {
    if (this.kept < 0) return;
    this.marker = mark(this.kept);
    this.shift = shift;
  }
}
