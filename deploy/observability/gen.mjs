// Writes the dashboards, the alerts and the page of each alert from their definitions. CI fails on a difference.
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { groups } from './alerts.mjs';
import { dashboards } from './dashboards.mjs';
import { grafanaDashboard } from './grafana.mjs';
import { alertRules } from './rules.mjs';
import { runbookPage } from './runbook.mjs';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Makes a folder and removes what was generated there before: files of that name. */
function cleared(folder, generated) {
  mkdirSync(ROOT + folder, { recursive: true });
  for (const name of readdirSync(ROOT + folder)) if (generated.test(name)) rmSync(`${ROOT}${folder}/${name}`);
  return ROOT + folder;
}

const boards = cleared('helm/sallyport/dashboards', /\.json$/);
for (const [name, panels] of Object.entries(dashboards))
  writeFileSync(`${boards}/${name}.json`, `${JSON.stringify(grafanaDashboard(name, panels), undefined, 2)}\n`);
writeFileSync(`${cleared('helm/sallyport/alerts', /^sallyport\.yaml$/)}/sallyport.yaml`, alertRules(groups));
const runbooks = cleared('docs/operations/runbooks', /^Sallyport.*\.md$/);
for (const alert of Object.values(groups).flat()) writeFileSync(`${runbooks}/${alert.name}.md`, runbookPage(alert));
