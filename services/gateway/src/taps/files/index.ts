export { createGitFacts, type GitFactsOptions } from './git-facts.js';
export { parseGitCommand, type GitCommand } from './git-command.js';
export { createRsyncFacts, type RsyncFactsOptions } from './rsync-facts.js';
export { parseRsyncCommand, type RsyncCommand } from './rsync-command.js';
export { createScpFacts, type ScpFactsOptions } from './scp-facts.js';
export { createSftpFacts, type SftpFactsOptions } from './sftp-facts.js';
export type { FileFact, FileOp, FileTap } from './file-fact.js';
export { KeptContent } from './kept-content.js';
