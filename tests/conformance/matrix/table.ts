/** What ran, with what, and the result: one table, printed at the end. */
import type { Client } from '../clients/client.ts';
import type { Row } from './row.ts';

export type Direction = 'out' | 'up' | 'sftp';

const LETTER: Readonly<Record<Direction, string>> = { out: 'o', up: 'u', sftp: 's' };

type Cell = { readonly passed: Set<Direction>; readonly failed: Set<Direction> };

/** See the head of this file. */
export class ResultTable {
  private readonly cells = new Map<string, Cell>();

  note(row: Row, client: Client, direction: Direction, isPassed: boolean): void {
    const cell = this.cells.get(keyOf(row, client)) ?? { passed: new Set(), failed: new Set() };
    this.cells.set(keyOf(row, client), cell);
    cell[isPassed ? 'passed' : 'failed'].add(direction);
  }

  /** @param missing clients that could not be started, by name. */
  print(rows: readonly Row[], clients: readonly Client[], versions: ReadonlyMap<string, string>, missing: ReadonlySet<string>): string {
    const cellOf = (row: Row, client: Client): string => (missing.has(client.name) ? 'MISSING' : this.text(row, client));
    const lines = rows.map((row) => [row.group, row.name, ...clients.map((client) => cellOf(row, client))]);
    return [
      'Each algorithm alone on the server, against each client that has it too:',
      'o = output of a command, u = its input up to EOF, s = sftp put and get; "-": the client does not have it; "!": failed',
      '',
      ...align([['', '', ...clients.map(({ name }) => name)], ...lines]),
      '',
      ...clients.map(({ name }) => `${name}: ${versions.get(name) ?? 'MISSING'}`),
    ].join('\n');
  }

  private text(row: Row, client: Client): string {
    const cell = this.cells.get(keyOf(row, client));
    if (cell === undefined) return '-';
    const letters = (directions: Set<Direction>): string => [...directions].map((direction) => LETTER[direction]).join('');
    return letters(cell.passed) + (cell.failed.size > 0 ? `!${letters(cell.failed)}` : '');
  }
}

const keyOf = ({ group, name }: Row, client: Client): string => `${group} ${name} ${client.name}`;

const align = (lines: readonly (readonly string[])[]): string[] => {
  const widths = lines[0]!.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)));
  return lines.map((line) => line.map((text, column) => text.padEnd(widths[column]!)).join('  ').trimEnd());
};
