import type { Findings } from './findings.js';

const WORD = { proven: 'OK    ', open: 'OPEN  ', failed: 'FAILED' } satisfies Record<Findings['verdict'], string>;

/** Returns one recording's findings as lines for a terminal. */
export const reportLines = ({ label, verdict, summary, signedBy, problems, notes }: Findings): string[] => [
  `${WORD[verdict]} ${label}`,
  `       ${summary}`,
  ...(signedBy ? [`       signed by key ${signedBy.keyId} of ${signedBy.file}`] : []),
  ...problems.map((problem) => `       - ${problem}`),
  ...notes.map((note) => `       (${note})`),
];

/** Counts verdicts. */
export class Tally {
  private readonly counts = { proven: 0, open: 0, failed: 0 } satisfies Record<Findings['verdict'], number>;

  add({ verdict }: Findings): void {
    this.counts[verdict]++;
  }

  /** Returns 0 if every closed recording is proven, 1 if one is wrong, 2 if there was nothing to check. */
  get exitCode(): 0 | 1 | 2 {
    if (this.counts.failed > 0) return 1;
    return this.counts.proven + this.counts.open > 0 ? 0 : 2;
  }

  get line(): string {
    const { proven, open, failed } = this.counts;
    return proven + open + failed === 0 ? 'No recording was found.' : `${proven} proven, ${open} open, ${failed} failed`;
  }
}
