export { aNats, type TestNats } from './nats/a-nats.js';
export { workFolder, type WorkFolder } from './place/work-folder.js';
export { aPostgres, type DatabaseTemplate, type TestPostgres } from './postgres/a-postgres.js';
export { anS3, type TestS3 } from './s3/an-s3.js';
export { anSshd, type TestSshd, type TestSshdWishes } from './sshd/an-sshd.js';
export type { LoginWish, TestLogin } from './sshd/test-login.js';
export { NeverSeen, SharedPartUnavailable } from './testkit.errors.js';
