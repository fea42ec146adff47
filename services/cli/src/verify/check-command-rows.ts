import { commandTextOf, type Frame } from '@sallyport/recording-format';
import type { SessionRows } from './command-rows.js';
import { readable } from './readable.js';

/** Compares rows of the command log with the frames that they name. A row that was edited, made up or moved is a problem. */
export class CommandRowsCheck {
  private readonly found: string[] = [];
  private readonly unseen: Set<number>;

  constructor(private readonly rows: SessionRows) {
    this.unseen = new Set(rows.keys());
  }

  see(frame: Frame): void {
    const row = this.rows.get(Number(frame.seq));
    if (row === undefined) return;
    this.unseen.delete(row.seq);
    const recorded = readable(() => commandTextOf(frame));
    if (recorded?.id !== row.id) this.found.push(`command row ${row.id} is not in the recording: frame ${row.seq} is another`);
    else if (recorded.input !== row.input || recorded.output !== row.output)
      this.found.push(`command row ${row.id} was changed: it says ${quote(row.input)}, frame ${row.seq} says ${quote(recorded.input)}`);
  }

  /** Returns the problems, when every frame was seen. */
  problems(): string[] {
    const missing = [...this.unseen].map((seq) => `command row ${this.rows.get(seq)!.id} names frame ${seq}, which the recording lacks`);
    return [...this.found, ...missing];
  }
}

const quote = (text: string): string => JSON.stringify(text.length > 100 ? `${text.slice(0, 100)}…` : text);
