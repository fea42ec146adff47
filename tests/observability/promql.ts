import type { SyntaxNode, SyntaxNodeRef, TreeCursor } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';

/** A metric that a query reads, with the names of the labels that the query relies on. */
export interface UsedMetric {
  readonly metric: string;
  readonly labels: ReadonlySet<string>;
}

/** Labels that Prometheus adds to a target, and `le` of every histogram. */
const OF_TARGETS = new Set(['job', 'namespace', 'pod', 'instance', 'le', '__name__']);

/** Returns the metrics of a PromQL query. Throws if it cannot be parsed. */
export function metricsOf(query: string): UsedMetric[] {
  const text = (node: SyntaxNodeRef): string => query.slice(node.from, node.to);
  const tree = parser.parse(query);
  const found: { metric: string; labels: Set<string>; node: SyntaxNode }[] = [];
  const grouped: { labels: string[]; scope: SyntaxNode }[] = [];
  const at: TreeCursor = tree.cursor();
  do {
    if (at.type.isError) throw new Error(`not PromQL at ${at.from}: ${query}`);
    if (at.name === 'VectorSelector') found.push({ ...selector(at.node, text), node: at.node });
    if (at.name === 'GroupingLabels') grouped.push({ labels: at.node.getChildren('LabelName').map(text), scope: aggregation(at.node) });
  } while (at.next());
  for (const { labels, scope } of grouped)
    for (const one of found) if (one.node.from >= scope.from && one.node.to <= scope.to) for (const label of labels) one.labels.add(label);
  return found.map(({ metric, labels }) => ({ metric, labels: new Set([...labels].filter((label) => !OF_TARGETS.has(label))) }));
}

function selector(node: SyntaxNode, text: (node: SyntaxNodeRef) => string): { metric: string; labels: Set<string> } {
  const name = node.getChild('Identifier');
  if (name === null) throw new Error(`a selector without a metric: ${text(node)}`);
  const labels = new Set<string>();
  const at = node.cursor();
  while (at.next() && at.from < node.to) if (at.name === 'LabelName') labels.add(text(at));
  return { metric: text(name), labels };
}

/** Returns the aggregation that a list of labels belongs to. */
function aggregation(node: SyntaxNode): SyntaxNode {
  for (let up: SyntaxNode | null = node; up; up = up.parent) if (up.name === 'AggregateExpr' || up.name === 'BinaryExpr') return up;
  throw new Error('labels without an aggregation');
}
