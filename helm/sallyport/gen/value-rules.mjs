// Rules of values beyond the type of their default, by path; "*" is any service.
const name = { type: 'string', pattern: '^([a-z0-9]([-a-z0-9.]*[a-z0-9])?)?$', maxLength: 253 };
const port = { type: 'integer', minimum: 1, maximum: 65535 };
const quantity = { type: ['string', 'number'], pattern: '^[0-9]+(\\.[0-9]+)?(m|k|Ki|M|Mi|G|Gi|T|Ti)?$' };
const ranges = { type: 'array', items: { type: 'string', pattern: '^[0-9a-fA-F.:]+/[0-9]{1,3}$' } };
const labels = { type: 'object', additionalProperties: { type: 'string' } };
const objects = { type: 'array', items: { type: 'object' } };
const count = { type: 'integer', minimum: 1, maximum: 1000 };
const amounts = {
  type: 'object',
  additionalProperties: false,
  properties: { cpu: quantity, memory: quantity, 'ephemeral-storage': quantity },
};

export const VALUE_RULES = {
  'image.repository': { type: 'string', minLength: 1 },
  'image.pullPolicy': { enum: ['Always', 'IfNotPresent', 'Never'] },
  'image.pullSecrets': { type: 'array', items: name },
  fullnameOverride: { ...name, maxLength: 40 },
  commonLabels: labels,
  logLevel: { enum: ['trace', 'debug', 'info', 'warn', 'error'] },
  tracesEndpoint: { type: 'string', pattern: '^(https?://.+)?$' },
  'keys.source': { enum: ['generate', 'existing'] },
  'meshCertificates.source': { enum: ['chart', 'certManager', 'existing'] },
  'meshCertificates.days': { type: 'integer', minimum: 1, maximum: 3650 },
  'meshCertificates.certManager.issuerRef.kind': { enum: ['Issuer', 'ClusterIssuer'] },
  'nats.url': { type: 'string', pattern: '^((nats|tls)://.+)?$' },
  'nats.streamReplicas': { enum: [1, 3, 5] },
  'recordings.store': { enum: ['s3', 'fs'] },
  'recordings.s3.endpoint': { type: 'string', pattern: '^(https?://[^/]+/?)?$' },
  'recordings.fs.size': quantity,
  'commands.store': { enum: ['postgres', 'elasticsearch'] },
  'gateway.service.type': { enum: ['LoadBalancer', 'NodePort', 'ClusterIP'] },
  'gateway.service.nodePort': { type: ['integer', 'null'], minimum: 1, maximum: 65535 },
  'gateway.service.externalTrafficPolicy': { enum: ['Local', 'Cluster'] },
  'gateway.service.loadBalancerSourceRanges': ranges,
  'gateway.proxyProtocolFrom': ranges,
  'gateway.spool.size': quantity,
  'gateway.terminationGracePeriodMargin': { type: 'integer', minimum: 30, maximum: 3600 },
  'core.service.type': { enum: ['LoadBalancer', 'NodePort', 'ClusterIP'] },
  'httpRoute.hostnames': { type: 'array', items: { type: 'string', minLength: 1 } },
  'httpRoute.parentRefs': objects,
  'networkPolicies.sshFrom': objects,
  'networkPolicies.restFrom': objects,
  'networkPolicies.metricsFrom': objects,
  'networkPolicies.assetRanges': ranges,
  'networkPolicies.apiServerRanges': ranges,
  'networkPolicies.assetPorts': {
    type: 'array',
    items: { type: 'object', additionalProperties: false, required: ['from', 'to'], properties: { from: port, to: port } },
  },
  'monitoring.podMonitor.interval': { type: 'string', pattern: '^[0-9]+(ms|s|m|h)$' },
  'monitoring.podMonitor.labels': labels,
  'monitoring.rules.labels': labels,
  'monitoring.dashboards.labels': labels,
  'trial.postgres.size': quantity,
  'trial.nats.size': quantity,
  'trial.seaweedfs.size': quantity,
  '*.replicas': count,
  '*.resources': {
    type: 'object',
    additionalProperties: false,
    required: ['requests', 'limits'],
    properties: { requests: amounts, limits: amounts },
  },
  '*.autoscaling.minReplicas': count,
  '*.autoscaling.maxReplicas': count,
  '*.autoscaling.targetCpuPercent': { type: 'integer', minimum: 1, maximum: 100 },
  '*.autoscaling.targetSessions': { type: 'integer', minimum: 0 },
  '*.autoscaling.targetUnstoredBytes': { type: 'integer', minimum: 0 },
  '*.autoscaling.targetLagMessages': { type: 'integer', minimum: 0 },
  '*.terminationGracePeriodSeconds': { type: 'integer', minimum: 1, maximum: 3600 },
  '*.service.annotations': labels,
  '*.podAnnotations': labels,
  '*.podLabels': labels,
  '*.nodeSelector': labels,
  '*.tolerations': objects,
  '*.affinity': { type: 'object' },
  '*.extraEnv': objects,
  '*.extraVolumes': objects,
  '*.extraVolumeMounts': objects,
  'ingress.annotations': labels,
};
for (const path of [
  'database.port',
  'nats.port',
  'recordings.s3.port',
  'commands.elasticsearch.port',
  'core.service.port',
  'gateway.service.port',
])
  VALUE_RULES[path] = port;

/** Values that another value makes necessary: production names its stores. */
export const DEPENDENT_RULES = [
  needs({ 'trial.enabled': false }, ['database.existingSecret', 'nats.url']),
  needs({ 'trial.enabled': false, 'recordings.store': 's3' }, [
    'recordings.s3.endpoint',
    'recordings.s3.bucket',
    'recordings.s3.existingSecret',
  ]),
  needs({ 'commands.store': 'elasticsearch' }, ['commands.elasticsearch.existingSecret']),
  needs({ 'ingress.enabled': true }, ['ingress.host']),
  { if: object('httpRoute.enabled', { const: true }), then: object('httpRoute.parentRefs', { minItems: 1 }) },
  // A folder belongs to one recorder.
  {
    if: object('recordings.store', { const: 'fs' }),
    then: { allOf: [object('recorder.replicas', { const: 1 }), object('recorder.autoscaling.enabled', { const: false })] },
  },
];

function needs(condition, paths) {
  return {
    if: { allOf: Object.entries(condition).map(([path, value]) => object(path, { const: value })) },
    then: { allOf: paths.map((path) => object(path, { type: 'string', minLength: 1 })) },
  };
}

/** Returns the schema of an object whose value at `path` is as in `schema`. */
function object(path, schema) {
  return path.split('.').reduceRight((inner, key) => ({ required: [key], properties: { [key]: inner } }), schema);
}
