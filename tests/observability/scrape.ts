import type { RunFile } from '@sallyport/testkit';

/** Labels that a running product emits, by metric: the union over its series. */
export type Emitted = ReadonlyMap<string, ReadonlySet<string>>;

/** Returns what the services of a running product emit. */
export async function scrapeAll(run: RunFile): Promise<Emitted> {
  const emitted = new Map<string, Set<string>>();
  for (const { health } of run.services) {
    const text = await (await fetch(`${health}/metrics`)).text();
    for (const line of text.split('\n')) note(emitted, line);
  }
  return emitted;
}

function note(emitted: Map<string, Set<string>>, line: string): void {
  const [, metric, labels = ''] = /^([a-z_:][\w:]*)(?:\{(.*)\})? [^ ]+$/i.exec(line) ?? [];
  if (metric === undefined) return;
  const names = emitted.get(metric) ?? new Set<string>();
  for (const [, name] of labels.matchAll(/(\w+)="(?:[^"\\]|\\.)*"/g)) names.add(name!);
  emitted.set(metric, names);
}
