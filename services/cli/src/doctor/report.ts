import type { Finding } from './check.js';
import type { Checked } from './run-checks.js';

const WORD = { ok: 'ok   ', warning: 'warn ', fault: 'FAULT' } satisfies Record<Finding['level'], string>;

/** Returns the findings as lines for a terminal, by group. */
export function reportLines(results: readonly Checked[]): string[] {
  const groups = Map.groupBy(results, ({ group }) => group);
  const lines = [...groups].flatMap(([group, checked]) => {
    const below = checked.flatMap(({ check, findings }) => findings.flatMap((finding) => findingLines(check, finding)));
    return below.length === 0 ? [] : [group, ...below];
  });
  return [...lines, '', summary(results)];
}

const findingLines = (check: string, { level, what, fix }: Finding): string[] => [
  `  ${WORD[level]}  ${check}: ${what}`,
  ...(fix === undefined ? [] : [`         ${fix}`]),
];

function summary(results: readonly Checked[]): string {
  const { ok, warning, fault } = countLevels(results);
  return `${ok} ok, ${warning} ${warning === 1 ? 'warning' : 'warnings'}, ${fault} ${fault === 1 ? 'fault' : 'faults'}`;
}

/** Returns the number of findings of each level. */
export function countLevels(results: readonly Checked[]): Record<Finding['level'], number> {
  const counts = { ok: 0, warning: 0, fault: 0 };
  for (const { level } of results.flatMap(({ findings }) => findings)) counts[level]++;
  return counts;
}

/** Returns the findings as JSON text. */
export const reportJson = (results: readonly Checked[]): string =>
  JSON.stringify(
    {
      ...countLevels(results),
      findings: results.flatMap(({ group, check, findings }) => findings.map((finding) => ({ group, check, ...finding }))),
    },
    undefined,
    2,
  );
