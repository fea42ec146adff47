export { aNats, type TestNats } from './nats/a-nats.js';
export { workFolder, type WorkFolder } from './place/work-folder.js';
export { aPostgres, type DatabaseTemplate, type TestPostgres } from './postgres/a-postgres.js';
export { asSuperuser } from './postgres/as-superuser.js';
export { aCephGateway } from './s3/a-ceph-gateway.js';
export { anS3, type TestS3 } from './s3/an-s3.js';
export { anElasticsearch, type TestElasticsearch } from './search/an-elasticsearch.js';
export { anSshd, type TestSshd, type TestSshdOptions } from './sshd/an-sshd.js';
export type { LoginOptions, TestLogin } from './sshd/test-login.js';
export { NeverSeen, ProductNotReady, RestRefused, SharedPartUnavailable } from './testkit.errors.js';
export { fakeClock, type FakeClock } from './clock/fake-clock.js';
export { openShell, type SshShell, type SshShellOptions } from './ssh-client/open-shell.js';
export { runScp, runSftp, runSsh, type SshResult, type SshRun } from './ssh-client/run-ssh.js';
export type { SshTarget } from './ssh-client/ssh-options.js';
export {
  freePort,
  makeMeshCertificates,
  waitUntil,
  type MeshIdentity,
  type S3Endpoint,
} from '@sallyport/backing';
export { aSessionMeta } from './recording/a-session-meta.js';
export { sha256Hex } from './recording/sha256-hex.js';
export { untilStill } from './waiting/until-still.js';
export { signIn, type Rest, type RestAnswer, type RestList } from './product/rest.js';
export type { RunFile } from './product/run-file.js';
export { startProduct, type Product, type ProductOptions } from './product/start-product.js';
export { withClient } from '@sallyport/database';
export { makeSshKey, type SshKey } from '@sallyport/keys';
