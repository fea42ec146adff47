// Writes a dashboard as Grafana reads it.
const WIDTH = 12;
const HEIGHT = 8;
const DATASOURCE = { type: 'prometheus', uid: '${datasource}' };

/** Returns the JSON of a dashboard: two panels in a row, and variables for the data source and the pods. */
export const grafanaDashboard = (name, panels) => ({
  uid: `sallyport-${name}`,
  title: `Sallyport / ${name[0].toUpperCase()}${name.slice(1)}`,
  tags: ['sallyport'],
  schemaVersion: 39,
  editable: true,
  refresh: '30s',
  time: { from: 'now-3h', to: 'now' },
  templating: { list: [datasource, ...['job', 'namespace', 'pod'].map(variable)] },
  panels: panels.map(grafanaPanel),
});

const datasource = { name: 'datasource', label: 'Data source', type: 'datasource', query: 'prometheus' };

/** Returns a variable. A target without its label, as outside Kubernetes, matches too. */
const variable = (label) => ({
  name: label,
  type: 'query',
  datasource: DATASOURCE,
  query: { query: `label_values(sallyport_build_info, ${label})`, refId: label },
  refresh: 2,
  multi: true,
  includeAll: true,
  allValue: '.*',
  current: { text: 'All', value: '$__all' },
});

const grafanaPanel = ({ title, unit, queries }, at) => ({
  id: at + 1,
  title,
  type: 'timeseries',
  datasource: DATASOURCE,
  gridPos: { x: (at % 2) * WIDTH, y: Math.floor(at / 2) * HEIGHT, w: WIDTH, h: HEIGHT },
  fieldConfig: { defaults: { unit, min: 0 }, overrides: [] },
  targets: queries.map(({ legend, expr }, of) => ({
    refId: String.fromCharCode(65 + of),
    datasource: DATASOURCE,
    expr,
    legendFormat: legend,
  })),
});
