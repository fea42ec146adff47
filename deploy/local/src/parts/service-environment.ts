import { relative } from 'node:path';
import type { Site } from './backing-units.js';
import type { ServiceName } from '../data/secrets.js';
import type { DatabaseUrlFiles } from './database.js';

/** Name of the bucket when recordings go to S3. */
export const RECORDINGS_BUCKET = 'sallyport-recordings';

/** Grace for open sessions when everything is stopped: the user has just asked for the stop. */
const DRAIN_SECONDS = 2;

/** Returns the environment variables of a service's `migrate`: it logs in as the owner of the schema. */
export function migrationEnvironment(databases: DatabaseUrlFiles, service: 'core' | 'indexer'): Record<string, string> {
  return { [`${service.toUpperCase()}_MIGRATION_DATABASE_URL_FILE`]: databases[service] };
}

/** Returns the environment variables of one service. Secrets are files, so that no list of processes shows them. */
export function serviceEnvironment(site: Site, databases: DatabaseUrlFiles, service: ServiceName): Record<string, string> {
  const mesh = site.secrets.mesh[service];
  return {
    NODE_ENV: 'production',
    NATS_URL: `nats://127.0.0.1:${site.ports.nats}`,
    RPC_CA_FILE: mesh.caFile,
    RPC_CERT_FILE: mesh.certFile,
    RPC_KEY_FILE: mesh.keyFile,
    ...OWN[service](site, databases),
    ...setFor(service, site.options.settings),
  };
}

/** Returns the settings of the command line that belong to a service, or to all: OTEL_EXPORTER_OTLP_ENDPOINT. */
function setFor(service: ServiceName, settings: Variables): Variables {
  return Object.fromEntries(
    Object.entries(settings).filter(([name]) => name.startsWith(`${service.toUpperCase()}_`) || name.startsWith('OTEL_')),
  );
}

type Variables = Readonly<Record<string, string>>;

const OWN: Record<ServiceName, (site: Site, databases: DatabaseUrlFiles) => Variables> = {
  core: ({ ports, secrets, data }, databases) => ({
    CORE_HTTP_PORT: String(ports.http),
    CORE_RPC_PORT: String(ports.coreRpc),
    CORE_HEALTH_PORT: String(ports.coreHealth),
    CORE_DATABASE_URL_FILE: databases.coreService,
    CORE_AUDIT_SIGNING_KEY_FILE: secrets.auditSigningKeyFile,
    CORE_SEALING_KEYS_FILE: secrets.sealingKeysFile,
    CORE_RECORDER_ADDRESS: local(ports.recorderRpc),
    CORE_INDEXER_ADDRESS: local(ports.indexerRpc),
    CORE_ADMIN_PASSWORD_FILE: data.secret('admin-password'),
  }),
  gateway: ({ ports, secrets, data }) => ({
    GATEWAY_SSH_HOST: '127.0.0.1',
    GATEWAY_SSH_PORT: String(ports.ssh),
    GATEWAY_HEALTH_PORT: String(ports.gatewayHealth),
    GATEWAY_CORE_ADDRESS: local(ports.coreRpc),
    GATEWAY_RECORDER_ADDRESS: local(ports.recorderRpc),
    // A list: the name of the data folder may contain a comma, and is the services' working folder.
    GATEWAY_HOST_KEY_FILE: secrets.hostKeyFiles.map((file) => relative(data.path, file)).join(','),
    GATEWAY_SPOOL_DIR: data.in('spool'),
    GATEWAY_DRAIN_SECONDS: String(DRAIN_SECONDS),
  }),
  recorder: (site) => ({
    RECORDER_RPC_PORT: String(site.ports.recorderRpc),
    RECORDER_HEALTH_PORT: String(site.ports.recorderHealth),
    RECORDER_SIGNING_KEY_FILE: site.secrets.signingKeyFile,
    ...recordingStore(site),
  }),
  indexer: ({ options, ports }, databases) => ({
    INDEXER_RPC_PORT: String(ports.indexerRpc),
    INDEXER_HEALTH_PORT: String(ports.indexerHealth),
    INDEXER_DATABASE_URL_FILE: databases.indexerService,
    ...(options.extras.has('elasticsearch')
      ? { INDEXER_STORE: 'elasticsearch', INDEXER_ELASTICSEARCH_URL: `http://127.0.0.1:${ports.elasticsearch}` }
      : { INDEXER_STORE: 'postgres' }),
  }),
  worker: ({ ports }) => ({
    WORKER_HEALTH_PORT: String(ports.workerHealth),
    WORKER_CORE_ADDRESS: local(ports.coreRpc),
  }),
};

function recordingStore({ options, ports, secrets, data }: Site): Variables {
  if (!options.extras.has('s3')) return { RECORDER_STORE: 'fs', RECORDER_FS_DIR: data.in('recordings') };
  return {
    RECORDER_STORE: 's3',
    RECORDER_S3_ENDPOINT: `http://127.0.0.1:${ports.s3}`,
    RECORDER_S3_BUCKET: RECORDINGS_BUCKET,
    RECORDER_S3_REGION: 'us-east-1',
    RECORDER_S3_ACCESS_KEY: secrets.s3.accessKey,
    RECORDER_S3_SECRET_KEY_FILE: secrets.s3SecretKeyFile,
  };
}

function local(port: number): string {
  return `127.0.0.1:${port}`;
}
