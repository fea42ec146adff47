import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

const CHART = fileURLToPath(new URL('../../helm/sallyport/', import.meta.url));
export const RULE_FILE = `${CHART}alerts/sallyport.yaml`;

/** An alert as the chart has it. */
export interface Alert {
  readonly alert: string;
  readonly expr: string;
  readonly for: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

interface Dashboard {
  readonly title: string;
  readonly panels: readonly { readonly title: string; readonly targets: readonly { readonly expr: string }[] }[];
}

/** Returns every alert of the chart. */
export function shippedAlerts(): Alert[] {
  const { groups } = parse(readFileSync(RULE_FILE, 'utf8')) as { groups: { rules: Alert[] }[] };
  return groups.flatMap(({ rules }) => rules);
}

/** Returns every query of the chart's dashboards and alerts, by its place. Grafana's variables match everything. */
export function shippedQueries(): [place: string, query: string][] {
  const boards = readdirSync(`${CHART}dashboards`).map(
    (file) => JSON.parse(readFileSync(`${CHART}dashboards/${file}`, 'utf8')) as Dashboard,
  );
  const panels = boards.flatMap(({ title, panels }) =>
    panels.flatMap((panel) =>
      panel.targets.map(({ expr }): [string, string] => [`${title} / ${panel.title}`, expr.replaceAll(/"\$\w+"/g, '".*"')]),
    ),
  );
  return [...panels, ...shippedAlerts().map(({ alert, expr }): [string, string] => [alert, expr])];
}
