export { createScpFacts, type ScpFactsOptions } from './scp-facts.js';
export { createSftpFacts, type SftpFactsOptions } from './sftp-facts.js';
export type { FileFact, FileOp, FileTap } from './file-fact.js';
