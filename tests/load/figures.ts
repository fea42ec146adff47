import type { Figures } from './rounds.ts';

/** Formats a number, with two decimals below 100. */
const shown = (value: number | undefined): string =>
  value === undefined || Number.isNaN(value) ? '–' : value.toFixed(value >= 100 ? 0 : 2);

/** Prints a line per figure: the medians of all paths, and each gateway's ratio to `ssh -J`. The ratio is the result. */
export function printFigures(unit: string, figures: Figures): void {
  const paths = [...figures.keys()];
  const gateways = paths.filter((path) => path !== 'direct' && path !== 'jump');
  const names = new Set([...figures.values()].flatMap((row) => Object.keys(row)));
  for (const name of names) {
    const values = paths.map((path) => `${path} ${shown(figures.get(path)?.[name])}`).join('  ');
    const ratios = gateways
      .map((path) => `${path}/jump ${shown((figures.get(path)?.[name] ?? Number.NaN) / (figures.get('jump')?.[name] ?? Number.NaN))}`)
      .join('  ');
    console.log(`${name.padEnd(26)} ${unit.padEnd(6)} ${values}   ${ratios}`);
  }
}
