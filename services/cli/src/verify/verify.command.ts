import { systemClock } from '@sallyport/context';
import { Command } from 'commander';
import { auditCommand } from './audit/audit.command.js';
import { type S3Options, s3Settings } from '../config.js';
import { AgainstList } from './against-list.js';
import { readCommandRows } from './command-rows.js';
import { type ListOptions, readNamedList } from './named-list.js';
import { oneMore } from './one-more.js';
import { readPublicKeys } from './named-keys.js';
import { verifyTarget } from './open-target.js';
import { reportLines, Tally } from './report.js';

const HELP = `
TARGET is a bundle file (GET …/replay?format=bundle), a folder store or one recording's folder in it, or s3://bucket[/sessions/ID].
The command needs public keys only: no server, and no network but the bucket's. After a key rotation name the former keys too; each recording names the key that signed it.

The keys prove what a recorder signed. Only core knows which sessions there were: with --against, a recording that is missing, open though its session ended, shortened, or
not the one that the gateway sent is named too, whoever signed it. The list ends with a line that core signs (--audit-key); a list that was cut or changed is refused. With --commands, rows of the command log are compared with the frames that they name.

For s3:// also set SALLYPORT_S3_ENDPOINT, SALLYPORT_S3_REGION, SALLYPORT_S3_ACCESS_KEY and SALLYPORT_S3_SECRET_KEY (or …_FILE) in the environment.

Exit code: 0 every closed recording is proven · 1 a recording is wrong · 2 it could not be checked`;

interface VerifyOptions extends S3Options, ListOptions {
  readonly publicKey: string[];
  readonly commands?: string;
}

/** Creates the command `sallyport verify`. `print` receives lines; `exit` the exit code. */
export function verifyCommand(print: (line: string) => void, exit: (code: number) => void): Command {
  return new Command('verify')
    .description('check recordings: signature, hash chain, every byte of every frame')
    .argument('<target>', 'FILE, FOLDER or s3://BUCKET')
    .requiredOption(
      '--public-key <file>',
      'Ed25519 public key of the recorders (SPKI PEM), or several in one file; may be repeated',
      oneMore,
    )
    .option('--against <list>', 'list of sessions from core (GET /api/v1/terminal/session-proofs): names missing and shortened recordings')
    .option('--audit-key <file>', 'public key of core’s audit chain, which signs the end of that list (SPKI PEM); may be repeated', oneMore)
    .option('--incomplete-list', 'compare with a list whose end is missing or wrong, with a warning: a session that it lacks is not missed')
    .option(
      '--commands <rows>',
      'rows of the command log (GET /api/v1/terminal/commands, one page per line): names rows that the recordings disprove',
    )
    .option('--s3-endpoint <url>', 'http(s)://host:port')
    .option('--s3-region <region>', 'region of the bucket')
    .option('--s3-access-key <key>', 'access key')
    .option('--s3-secret-key-file <file>', 'file with the secret key; a secret never stands on a command line')
    .addHelpText('after', HELP)
    .action(async (target: string, options: VerifyOptions) => {
      const keys = readPublicKeys(options.publicKey);
      const list = await readNamedList(options);
      const rows = options.commands === undefined ? undefined : await readCommandRows(options.commands);
      const against = list || rows ? new AgainstList(list?.sessions, systemClock.now(), rows) : undefined;
      for (const line of list?.before ?? []) print(line);
      const tally = new Tally();
      for await (const findings of verifyTarget(target, keys, () => s3Settings(options, process.env), against)) {
        tally.add(findings);
        for (const line of reportLines(findings)) print(line);
      }
      for (const line of [tally.line, ...(list?.after ?? [])]) print(line);
      exit(tally.exitCode);
    })
    .addCommand(auditCommand(print, exit).exitOverride());
}
