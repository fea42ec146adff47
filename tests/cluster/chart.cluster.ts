import { beforeAll, describe, expect, it } from 'vitest';
import { CHART, helm, kubectl, runProgram } from './cluster.ts';
import { manifestsOf, podsOf, render, type Container, type Manifest } from './manifests.ts';
import { VALUE_SETS, WRONG_VALUES } from './value-sets.ts';

/** The namespace refuses every pod below the Pod Security Standard "restricted". */
beforeAll(async () => {
  await kubectl(
    ['apply', '-f', '-'],
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: {
        name: 'charts',
        labels: { 'pod-security.kubernetes.io/enforce': 'restricted', 'pod-security.kubernetes.io/warn': 'restricted' },
      },
    }),
  );
});

describe.each(Object.entries(VALUE_SETS))('%s', (_name, set) => {
  let text: string;
  let manifests: Manifest[];
  beforeAll(async () => {
    text = await render(set);
    manifests = manifestsOf(text);
  });

  it('is accepted by the API server, without an unknown field and without a warning', async () => {
    const { code, out, err } = await runProgram(
      'kubectl',
      ['apply', '--namespace', 'charts', '--dry-run=server', '--validate=strict', '-f', '-'],
      text,
    );
    expect(err).toBe('');
    expect(code).toBe(0);
    expect(out.trim().split('\n')).toHaveLength(manifests.length);
  });

  it('has no pod that may do more than it needs', () => {
    const problems = manifests.flatMap((manifest) =>
      podsOf(manifest).flatMap((pod) =>
        [
          ...[...(pod.initContainers ?? []), ...pod.containers].flatMap((container) => problemsOf(container)),
          ...(pod.hostNetwork ? ['hostNetwork'] : []),
          ...(pod.volumes ?? []).filter((volume) => 'hostPath' in volume).map(() => 'hostPath'),
          ...(pod.securityContext?.runAsNonRoot !== true || !pod.securityContext.runAsUser ? ['root'] : []),
          ...(pod.serviceAccountName === undefined && pod.automountServiceAccountToken !== false ? ['a token that it does not need'] : []),
        ].map((problem) => `${manifest.kind} ${manifest.metadata.name}: ${problem}`),
      ),
    );
    expect(problems).toEqual([]);
  });

  it('has probes on every container that serves', () => {
    const serving = manifests
      .filter(({ kind }) => ['Deployment', 'StatefulSet'].includes(kind))
      .flatMap(podsOf)
      .flatMap(({ containers }) => containers);
    expect(serving.length).toBeGreaterThan(4);
    for (const { name, ...container } of serving)
      expect([
        name,
        Object.keys(container)
          .filter((key) => key.endsWith('Probe'))
          .toSorted(),
      ]).toEqual([name, ['livenessProbe', 'readinessProbe', 'startupProbe']]);
  });
});

/** Returns what a container may do beyond its work. */
function problemsOf(container: Container): string[] {
  const { securityContext = {}, resources = {}, env = [], envFrom = [] } = container;
  const found = [
    securityContext['readOnlyRootFilesystem'] !== true && 'a root file system that it can write',
    securityContext['allowPrivilegeEscalation'] !== false && 'privilege escalation',
    securityContext['privileged'] === true && 'privileged',
    (resources.limits?.['cpu'] === undefined || resources.limits['memory'] === undefined) && 'no limits',
    (resources.requests?.['cpu'] === undefined || resources.requests['memory'] === undefined) && 'no requests',
    env.some(({ valueFrom }) => valueFrom !== undefined && 'secretKeyRef' in valueFrom) && 'a secret in its environment',
    env.some(({ name, value }) => /PASSWORD|SECRET|TOKEN|_URL$/.test(name) && value !== undefined && !name.endsWith('_FILE')) &&
      'a secret in its environment',
    envFrom.some((source) => 'secretRef' in source) && 'a Secret as its environment',
  ];
  return found.filter((problem) => problem !== false).map((problem) => `${container.name}: ${problem}`);
}

describe('helm', () => {
  it('lint finds nothing', async () => {
    const { code, out } = await helm('lint', '--strict', CHART, '-f', `${CHART}/values-trial.yaml`);
    expect(out).toContain('1 chart(s) linted, 0 chart(s) failed');
    expect(code).toBe(0);
  });

  it.each(Object.entries(WRONG_VALUES))('refuses %s and names it', async (_name, [set, ...words]) => {
    const error = await render(set).then(
      () => 'rendered',
      (reason: Error) => reason.message,
    );
    for (const word of words) expect(error).toContain(word);
  });
});
