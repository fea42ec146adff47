/** A table of the tested algorithms, peers and results, printed at the end. */

export type Direction = 'out' | 'up' | 'sftp';

const LETTER: Readonly<Record<Direction, string>> = { out: 'o', up: 'u', sftp: 's' };

/** A line of the table. */
export interface TableRow {
  readonly group: string;
  readonly name: string;
}

/** A column of the table. */
export interface TablePeer {
  readonly name: string;
  /** Undefined if the peer could not be started. */
  readonly version: string | undefined;
}

type Cell = { readonly passed: Set<Direction>; readonly failed: Set<Direction> };

/** See the head of this file. */
export class ResultTable {
  private readonly cells = new Map<string, Cell>();

  note(row: TableRow, peer: string, direction: Direction, isPassed: boolean): void {
    const cell = this.cells.get(keyOf(row, peer)) ?? { passed: new Set(), failed: new Set() };
    this.cells.set(keyOf(row, peer), cell);
    cell[isPassed ? 'passed' : 'failed'].add(direction);
  }

  print(title: string, rows: readonly TableRow[], peers: readonly TablePeer[]): string {
    const lines = rows.map((row) => [row.group, row.name, ...peers.map((peer) => this.text(row, peer))]);
    return [
      title,
      'o = output of a command, u = its input up to EOF, s = sftp put and get; "-": the peer does not support it; "!": failed',
      '',
      ...align([['', '', ...peers.map(({ name }) => name)], ...lines]),
      '',
      ...peers.map(({ name, version = 'MISSING' }) => `${name}: ${version}`),
    ].join('\n');
  }

  private text(row: TableRow, { name, version }: TablePeer): string {
    if (version === undefined) return 'MISSING';
    const cell = this.cells.get(keyOf(row, name));
    if (cell === undefined) return '-';
    const letters = (directions: Set<Direction>): string => [...directions].map((direction) => LETTER[direction]).join('');
    return letters(cell.passed) + (cell.failed.size > 0 ? `!${letters(cell.failed)}` : '');
  }
}

const keyOf = ({ group, name }: TableRow, peer: string): string => `${group} ${name} ${peer}`;

const align = (lines: readonly (readonly string[])[]): string[] => {
  const widths = lines[0]!.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)));
  return lines.map((line) =>
    line
      .map((text, column) => text.padEnd(widths[column]!))
      .join('  ')
      .trimEnd(),
  );
};
