import { Command } from 'commander';
import { type S3Options, s3Settings } from '../../config.js';
import { readPublicKeys } from '../named-keys.js';
import { oneMore } from '../one-more.js';
import { readAnchors } from './read-anchors.js';
import { verifyAudit } from './verify-audit.js';

const HELP = `
EXPORT is the answer of GET /api/v1/audits/events/export. --public-key names the keys that sign the audit chain's anchors: not the recorders' keys.

SOURCE of --anchors is a recordings' store (a folder or s3://BUCKET), a folder of anchors, or a file with core's log lines. It may be repeated: the
sources complete each other, and an anchor that one of them lacks is found in the other.

Exit code: 0 the events are proven up to the printed anchor · 1 an event or an anchor is wrong or missing · 2 it could not be checked`;

interface AuditOptions extends S3Options {
  readonly anchors: string[];
  /** An option of `verify`. */
  readonly publicKey: string[];
}

/** Creates the command `sallyport verify audit`. `print` receives lines; `exit` the exit code. */
export function auditCommand(print: (line: string) => void, exit: (code: number) => void): Command {
  return new Command('audit')
    .description('check an export of the audit chain against its anchors')
    .argument('<export>', 'FILE')
    .requiredOption('--anchors <source>', 'FOLDER, s3://BUCKET or FILE with the anchors; may be repeated', oneMore)
    .addHelpText('after', HELP)
    .action(async (file: string, _: unknown, command: Command) => {
      const options = command.optsWithGlobals<AuditOptions>();
      const anchors = readAnchors(options.anchors, () => s3Settings(options, process.env));
      const { lines, code } = await verifyAudit(file, anchors, readPublicKeys(options.publicKey));
      for (const line of lines) print(line);
      exit(code);
    });
}
