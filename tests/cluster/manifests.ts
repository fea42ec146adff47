import { parseAllDocuments } from 'yaml';
import { CHART, helm } from './cluster.ts';

/** A Kubernetes object as the chart renders it. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly labels?: Record<string, string>; readonly annotations?: Record<string, string> };
  readonly [key: string]: unknown;
}

/** Renders the chart with values (`--set-json` pairs) and values files. Throws with helm's error. */
export async function render({
  values = {},
  files = [],
}: {
  values?: Record<string, unknown>;
  files?: readonly string[];
}): Promise<string> {
  const sets = Object.entries(values).flatMap(([path, value]) => ['--set-json', `${path}=${JSON.stringify(value)}`]);
  const { code, out, err } = await helm(
    'template',
    'sp',
    CHART,
    '--namespace',
    'charts',
    ...files.flatMap((file) => ['-f', file]),
    ...sets,
  );
  if (code !== 0) throw new Error(err);
  return out;
}

/** Reads the objects of rendered text. */
export const manifestsOf = (text: string): Manifest[] =>
  parseAllDocuments(text)
    .map((document) => document.toJS() as Manifest | null)
    .filter((manifest): manifest is Manifest => manifest !== null);

/** Parts of a pod that the policy test looks at. */
export interface PodSpec {
  readonly initContainers?: readonly Container[];
  readonly containers: readonly Container[];
  readonly volumes?: readonly Record<string, unknown>[];
  readonly securityContext?: { readonly runAsNonRoot?: boolean; readonly runAsUser?: number };
  readonly hostNetwork?: boolean;
  readonly automountServiceAccountToken?: boolean;
  readonly serviceAccountName?: string;
}
export interface Container {
  readonly name: string;
  readonly env?: readonly { readonly name: string; readonly value?: string; readonly valueFrom?: Record<string, unknown> }[];
  readonly envFrom?: readonly Record<string, unknown>[];
  readonly resources?: { readonly limits?: Record<string, string>; readonly requests?: Record<string, string> };
  readonly securityContext?: Record<string, unknown>;
  readonly livenessProbe?: object;
  readonly readinessProbe?: object;
  readonly startupProbe?: object;
}

/** Returns the pods of an object: of a workload's template, a Job, a CronJob or the pod itself. */
export function podsOf(manifest: Manifest): PodSpec[] {
  if (manifest.kind === 'Pod') return [manifest['spec'] as PodSpec];
  const { template } = (manifest.kind === 'CronJob' ? jobOf(manifest) : (manifest['spec'] ?? {})) as { template?: { spec: PodSpec } };
  return template === undefined ? [] : [template.spec];
}

const jobOf = (manifest: Manifest): unknown => (manifest['spec'] as { jobTemplate: { spec: unknown } }).jobTemplate.spec;
