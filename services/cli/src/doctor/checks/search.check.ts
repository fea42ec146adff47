import { fault, ok, warning, type Check, type Finding } from '../check.js';
import { TEMPLATE } from '../release.js';

const ANSWER_MS = 4_000;
const HIGH_PERCENT = 90;
const FLOOD_PERCENT = 95;
const REMEDY = 'Check INDEXER_ELASTICSEARCH_URL, and that Elasticsearch runs';

/** Checks Elasticsearch, if the indexer keeps commands there: version, health, index template, disk. */
export const searchChecks: readonly Check<'indexer'>[] = [
  elasticsearch('version', version),
  elasticsearch('health', health),
  elasticsearch('template', template),
  elasticsearch('disk', disk),
];

type Ask = <Answer>(path: string) => Promise<{ status: number; body: Answer }>;

function elasticsearch(name: string, examine: (ask: Ask) => Promise<Finding[]>): Check<'indexer'> {
  return {
    group: 'Search',
    name,
    needs: ['indexer'],
    remedy: REMEDY,
    async run({ settings: { indexer } }) {
      const { INDEXER_STORE: store, INDEXER_ELASTICSEARCH_URL: nodes = '' } = indexer;
      return store === 'elasticsearch' ? examine(askNode(nodes.split(',')[0] ?? '')) : [];
    },
  };
}

/** Returns a function that sends GET requests to a node. User and password of the URL become a header. */
function askNode(node: string): Ask {
  const url = new URL(node);
  const user = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  const headers = url.username === '' ? {} : { authorization: `Basic ${Buffer.from(user).toString('base64')}` };
  return async (path) => {
    const response = await fetch(`${url.origin}${path}`, { headers, signal: AbortSignal.timeout(ANSWER_MS) });
    if (response.status === 401 || response.status === 403)
      throw new Error(`Elasticsearch at ${url.host} refuses the user (${response.status})`);
    return { status: response.status, body: (await response.json()) as never };
  };
}

async function version(ask: Ask): Promise<Finding[]> {
  const { body } = await ask<{ version?: { number?: string; distribution?: string } }>('/');
  const { number = 'unknown', distribution } = body.version ?? {};
  const [major = 0, minor = 0] = number.split('.').map(Number);
  if (distribution !== undefined) return [fault(`the server is ${distribution} ${number}`, 'Use Elasticsearch 8.19 or 9')];
  return [
    (major === 8 && minor >= 19) || major === 9
      ? ok(`Elasticsearch ${number}`)
      : fault(`Elasticsearch ${number} is not supported`, 'Use Elasticsearch 8.19 or 9'),
  ];
}

async function health(ask: Ask): Promise<Finding[]> {
  const { body } = await ask<{ status?: string; unassigned_shards?: number }>('/_cluster/health');
  const unassigned = `${body.unassigned_shards ?? 0} shards have no node`;
  if (body.status === 'red')
    return [fault(`the cluster is red: ${unassigned}`, 'Start the nodes that are away; GET _cluster/allocation/explain names the reason')];
  return [
    body.status === 'yellow'
      ? warning(`the cluster is yellow: ${unassigned}`, 'Start the nodes that are away')
      : ok(`the cluster is ${body.status}`),
  ];
}

interface Templates {
  readonly index_templates?: {
    readonly index_template: { readonly template?: { readonly mappings?: { readonly properties?: object } } };
  }[];
}

async function template(ask: Ask): Promise<Finding[]> {
  const fix = 'Run "migrate" of the indexer of this release';
  const { status, body } = await ask<Templates>(`/_index_template/${TEMPLATE.name}`);
  const found = status === 200 ? body.index_templates?.[0]?.index_template.template?.mappings?.properties : undefined;
  if (found === undefined) return [fault(`the index template ${TEMPLATE.name} is missing`, fix)];
  const missing = TEMPLATE.fields.filter((field) => !Object.hasOwn(found, field));
  return [
    missing.length > 0
      ? fault(`the index template ${TEMPLATE.name} is of an older release: it lacks ${missing.join(', ')}`, fix)
      : ok(`the index template ${TEMPLATE.name} is of this release`),
  ];
}

async function disk(ask: Ask): Promise<Finding[]> {
  const { body } = await ask<{ node?: string; 'disk.percent'?: string | null }[]>('/_cat/allocation?format=json');
  const full = body.flatMap(({ node = '', 'disk.percent': percent }) => (percent ? [{ node, percent: Number(percent) }] : []));
  const worst = full.toSorted((a, b) => b.percent - a.percent)[0];
  if (worst === undefined) return [];
  const what = `the disk of node ${worst.node} is ${worst.percent} % full`;
  const fix = 'Free space: remove old indices, enlarge the disk or add a node';
  if (worst.percent >= FLOOD_PERCENT) return [fault(`${what}, and Elasticsearch refuses to write (flood stage)`, fix)];
  return [worst.percent >= HIGH_PERCENT ? warning(`${what}, above the high watermark`, fix) : ok(what)];
}
