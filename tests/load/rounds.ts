import { median } from './statistics.ts';

/** The three ways to the same server. */
export const PATHS = ['direct', 'jump', 'gateway'] as const;
export type PathName = (typeof PATHS)[number];

/** A measure: named numbers for one path in one round. */
export type Measure = (path: PathName) => Promise<Readonly<Record<string, number>>>;

/** Medians per path and figure. */
export type Figures = Readonly<Record<PathName, Readonly<Record<string, number>>>>;

/** Measures every path in every round, one after the other (A B C A B C …), after one round that does not count. */
export async function measureInterleaved(rounds: number, measure: Measure): Promise<Figures> {
  const samples = new Map<string, number[]>();
  for (let round = -1; round < rounds; round++) {
    for (const path of PATHS) {
      const figures = await measure(path);
      if (round < 0) continue;
      for (const [name, value] of Object.entries(figures)) samples.set(`${path} ${name}`, [...(samples.get(`${path} ${name}`) ?? []), value]);
    }
  }
  const figuresOf = (path: PathName): Record<string, number> =>
    Object.fromEntries([...samples].filter(([key]) => key.startsWith(`${path} `)).map(([key, values]) => [key.slice(path.length + 1), median(values)]));
  return { direct: figuresOf('direct'), jump: figuresOf('jump'), gateway: figuresOf('gateway') };
}

/** One line per figure: the three medians, and the ratios that count. */
export function printFigures(title: string, unit: string, figures: Figures): void {
  for (const name of Object.keys(figures.gateway)) {
    const [direct, jump, gateway] = PATHS.map((path) => figures[path][name] ?? Number.NaN) as [number, number, number];
    const shown = PATHS.map((path) => `${path} ${(figures[path][name] ?? Number.NaN).toFixed(2)}`).join('  ');
    console.log(`${`${title} ${name}`.padEnd(28)} ${shown} ${unit.padEnd(6)}  gateway/jump ${(gateway / jump).toFixed(2)}  gateway/direct ${(gateway / direct).toFixed(2)}`);
  }
}
