import { median } from './statistics.ts';

/** A path to the target: `direct`, `jump`, or a gateway's name. */
export type PathName = string;

/** A measure: named numbers for one path in one round. */
export type Measure = (path: PathName) => Promise<Readonly<Record<string, number>>>;

/** Medians per path and figure. */
export type Figures = ReadonlyMap<PathName, Readonly<Record<string, number>>>;

/** Measures every path in every round, one after the other (A B C A B C …). A warm-up round comes first and does not count. */
export async function measureInterleaved(paths: readonly PathName[], rounds: number, measure: Measure): Promise<Figures> {
  const samples = new Map(paths.map((path) => [path, new Map<string, number[]>()]));
  for (let round = -1; round < rounds; round++) {
    for (const [path, kept] of samples) {
      const figures = await measure(path);
      if (round < 0) continue;
      for (const [name, value] of Object.entries(figures)) kept.set(name, [...(kept.get(name) ?? []), value]);
    }
  }
  return new Map([...samples].map(([path, kept]) => [path, Object.fromEntries([...kept].map(([name, values]) => [name, median(values)]))]));
}
