import path from 'node:path';
import { CHART } from './cluster.ts';

/** Values that a rendering starts from, and changes to them. */
export interface ValueSet {
  readonly files?: readonly string[];
  readonly values?: Record<string, unknown>;
}

const trial = [path.join(CHART, 'values-trial.yaml')];

/** The least values of an installation with stores of its own. */
const PRODUCTION = {
  'database.existingSecret': 'sallyport-database',
  'nats.url': 'nats://nats-1:4222,nats://nats-2:4222,nats://nats-3:4222',
  'recordings.s3.endpoint': 'https://s3.example.com',
  'recordings.s3.bucket': 'sallyport-recordings',
  'recordings.s3.existingSecret': 'sallyport-s3',
};
const production = (values: Record<string, unknown> = {}): ValueSet => ({ values: { ...PRODUCTION, ...values } });
const SERVICES = ['core', 'gateway', 'recorder', 'indexer', 'worker'];
const forAll = (path: string, value: unknown): Record<string, unknown> =>
  Object.fromEntries(SERVICES.map((name) => [`${name}.${path}`, value]));

/** Combinations of values that must render, by what they are for. */
export const VALUE_SETS: Readonly<Record<string, ValueSet>> = {
  'the trial': { files: trial },
  'the trial with two replicas of everything': { files: trial, values: forAll('replicas', 2) },
  'the trial with Elasticsearch': {
    files: trial,
    values: { 'commands.store': 'elasticsearch', 'commands.elasticsearch.existingSecret': 'es' },
  },
  'the trial in a storage class': { files: trial, values: { 'trial.storageClass': 'fast' } },
  production: production(),
  'Elasticsearch for commands': production({ 'commands.store': 'elasticsearch', 'commands.elasticsearch.existingSecret': 'es' }),
  'recordings in a folder': production({ 'recordings.store': 'fs', 'recorder.replicas': 1, 'recordings.fs.storageClass': 'fast' }),
  'autoscaling of everything': production(forAll('autoscaling.enabled', true)),
  'autoscaling by own metrics': production({
    ...forAll('autoscaling.enabled', true),
    'gateway.autoscaling.targetSessions': 200,
    'recorder.autoscaling.targetUnstoredBytes': 8388608,
    'indexer.autoscaling.targetLagMessages': 10000,
  }),
  'one replica of everything': production(forAll('replicas', 1)),
  'SSH on a node port': production({ 'gateway.service.type': 'NodePort', 'gateway.service.nodePort': 32022 }),
  'SSH inside the cluster': production({ 'gateway.service.type': 'ClusterIP' }),
  'a load balancer with the PROXY protocol': production({
    'gateway.service.annotations': { 'service.beta.kubernetes.io/aws-load-balancer-proxy-protocol': '*' },
    'gateway.service.loadBalancerClass': 'service.k8s.aws/nlb',
    'gateway.service.loadBalancerSourceRanges': ['192.0.2.0/24', '2001:db8::/32'],
    'gateway.proxyProtocolFrom': ['10.0.0.0/8'],
    'gateway.service.externalTrafficPolicy': 'Cluster',
  }),
  'an Ingress with TLS': production({
    'ingress.enabled': true,
    'ingress.host': 'gate.example.com',
    'ingress.className': 'nginx',
    'ingress.tlsSecret': 'tls',
  }),
  'an Ingress without TLS': production({ 'ingress.enabled': true, 'ingress.host': 'gate.example.com' }),
  'keys of the operator': production({
    'keys.source': 'existing',
    'keys.hostKeysSecret': 'own-host-keys',
    'keys.recordingSigningSecret': 'own-recording-signing',
    'keys.auditSigningSecret': 'own-audit-signing',
    'keys.sealingKeysSecret': 'own-sealing-keys',
    'keys.adminSecret': 'own-admin',
  }),
  'keys that go with the release': production({ 'keys.keepOnUninstall': false }),
  'an auditors’ key': production({ 'keys.auditorsKeySecret': 'auditors', 'gateway.settings.GATEWAY_SEAL_INPUT': true }),
  'mesh certificates of the operator': production({ 'meshCertificates.source': 'existing' }),
  'no network policies': production({ 'networkPolicies.enabled': false }),
  'narrow network policies': production({
    'networkPolicies.sshFrom': [{ ipBlock: { cidr: '192.0.2.0/24' } }],
    'networkPolicies.restFrom': [{ namespaceSelector: { matchLabels: { name: 'ingress' } } }],
    'networkPolicies.metricsFrom': [{ namespaceSelector: { matchLabels: { name: 'monitoring' } } }],
    'networkPolicies.assetRanges': ['10.1.0.0/16'],
    'networkPolicies.assetPorts': [{ from: 22, to: 22 }],
    'networkPolicies.apiServerRanges': ['10.96.0.1/32'],
  }),
  dashboards: production({ 'monitoring.dashboards.enabled': true }),
  'settings of every kind': production({
    'core.settings': { CORE_LEASE_SECONDS: 60, CORE_PUBLIC_URL: 'https://gate.example.com', CORE_NAME_TERMINATING_ADMIN: true },
    'gateway.settings': {
      GATEWAY_DRAIN_SECONDS: 3600,
      GATEWAY_SPOOL_MAX_BYTES: '512MiB',
      GATEWAY_MAX_STARTUPS: '100:30:200',
      GATEWAY_SHOW_ASSET_BANNERS: false,
    },
    'recorder.settings': { RECORDER_OBJECT_LOCK_DAYS: 365, RECORDER_OBJECT_LOCK_MODE: 'COMPLIANCE' },
    'worker.settings': { WORKER_CONCURRENCY: 16 },
  }),
  'traces, labels, pull secrets, another registry and tag': production({
    tracesEndpoint: 'http://otel-collector:4318',
    commonLabels: { team: 'gate' },
    'image.pullSecrets': ['registry'],
    'image.repository': 'registry.example.com/gate',
    'image.tag': '1.2.3',
    logLevel: 'debug',
    bindAddress: '::',
    fullnameOverride: 'gate',
  }),
  'scheduling, extra environment and volumes': production({
    ...forAll('priorityClassName', 'high'),
    ...forAll('nodeSelector', { pool: 'gate' }),
    ...forAll('tolerations', [{ key: 'gate', operator: 'Exists', effect: 'NoSchedule' }]),
    ...forAll('affinity', {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'a', operator: 'Exists' }] }] },
      },
    }),
    ...forAll('podAnnotations', { note: 'one' }),
    ...forAll('podLabels', { note: 'one' }),
    ...forAll('extraEnv', [{ name: 'TZ', value: 'UTC' }]),
    ...forAll('extraVolumes', [{ name: 'banner', configMap: { name: 'banner' } }]),
    ...forAll('extraVolumeMounts', [{ name: 'banner', mountPath: '/etc/banner' }]),
  }),
};

/** Values that must be refused at `helm install`, with texts of the error, which name the path and the rule. */
export const WRONG_VALUES: Readonly<Record<string, readonly [ValueSet, ...string[]]>> = {
  'no values at all': [{}, '/database/existingSecret', '/nats/url', '/recordings/s3/endpoint'],
  'a misspelled value': [production({ 'gateway.replica': 3 }), "additional properties 'replica' not allowed"],
  'a misspelled setting': [production({ 'core.settings.CORE_LEASES': 3 }), '/core/settings', 'CORE_LEASES'],
  'a setting that the chart sets itself': [production({ 'core.settings.CORE_RPC_PORT': 7 }), 'CORE_RPC_PORT'],
  'a secret among the settings': [production({ 'core.settings.CORE_DATABASE_URL': 'postgres://x' }), 'CORE_DATABASE_URL'],
  'a setting out of its range': [
    production({ 'gateway.settings.GATEWAY_MAX_SESSIONS': 99 }),
    '/gateway/settings/GATEWAY_MAX_SESSIONS',
    'maximum: got 99, want 60',
  ],
  'a setting in another form': [
    production({ 'gateway.settings.GATEWAY_MAX_STARTUPS': '10' }),
    '/gateway/settings/GATEWAY_MAX_STARTUPS',
    'pattern',
  ],
  'a number as a word': [
    production({ 'gateway.settings.GATEWAY_DRAIN_SECONDS': 'a day' }),
    '/gateway/settings/GATEWAY_DRAIN_SECONDS',
    'got string, want integer',
  ],
  'no replicas': [production({ 'gateway.replicas': 0 }), '/gateway/replicas', 'minimum: got 0, want 1'],
  'an unknown store': [production({ 'commands.store': 'mysql' }), '/commands/store', "'postgres', 'elasticsearch'"],
  'Elasticsearch without its Secret': [production({ 'commands.store': 'elasticsearch' }), '/commands/elasticsearch/existingSecret'],
  'a folder and two recorders': [production({ 'recordings.store': 'fs' }), '/recorder/replicas'],
  'an Ingress without a host': [production({ 'ingress.enabled': true }), '/ingress/host'],
  'NATS by http': [production({ 'nats.url': 'http://nats' }), '/nats/url', 'pattern'],
  'an address range without its length': [
    production({ 'gateway.proxyProtocolFrom': ['10.0.0.1'] }),
    '/gateway/proxyProtocolFrom/0',
    'pattern',
  ],
  'resources without limits': [production({ 'core.resources.limits': null }), '/core/resources', "missing property 'limits'"],
};
