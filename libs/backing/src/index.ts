export { makeMeshCertificates, type MeshIdentity } from './certificates/mesh-certificates.js';
export { cacheDirectory, isRoot, partEnvironment } from './config.js';
export { startCeph, type CephGateway, type CephOptions } from './ceph/start-ceph.js';
export type { ElasticsearchMajor } from './elasticsearch/elasticsearch-releases.js';
export { startElasticsearch, type ElasticsearchOptions } from './elasticsearch/start-elasticsearch.js';
export { fetchPrograms } from './fetch/fetch-programs.js';
export { startNats, type NatsAccess, type NatsOptions } from './nats/start-nats.js';
export { claimIfFree, claimPort, freePort } from './network/free-port.js';
export { requireLoopback } from './network/require-loopback.js';
export {
  CommandFailed,
  DownloadUnusable,
  LoopbackMissing,
  PartExited,
  PartNotReady,
  PortNotAllowed,
  PortTaken,
  PortUnusable,
  ToolMissing,
} from './part.errors.js';
export type { PartExit, PartOptions, Report, RunningPart } from './part.js';
export { isReachableByOthers, placeForUser } from './place/place-for-user.js';
export { currentUser, ensureSystemUser, findUser } from './place/system-user.js';
export type { SystemUser } from './place/unix-user.js';
export { startPostgres, type Postgres, type PostgresOptions } from './postgres/start-postgres.js';
export { findTool, requireTool } from './process/find-tool.js';
export { runCommand, tryCommand, type CommandOptions, type CommandResult } from './process/run-command.js';
export { logTail, spawnPart, type PartPlan } from './process/spawn-part.js';
export { waitUntil } from './process/wait-until.js';
export { ensureBucket, type S3Endpoint } from './seaweed/s3-endpoint.js';
export { startSeaweed, type Seaweed, type SeaweedOptions } from './seaweed/start-seaweed.js';
export { greetsAsSsh } from './sshd/greets-as-ssh.js';
export type { SshdOptions } from './sshd/sshd-options.js';
export { startSshd, type Sshd } from './sshd/start-sshd.js';
export { spawnInPty, type PtyOptions, type PtyProcess } from './pty/spawn-in-pty.js';
export { configPath } from './ssh-config/config-word.js';
