import { readAuditorsPrivateKey, type AuditorsKey } from '@sallyport/crypto';
import { Command } from 'commander';
import { type S3Options, s3Settings } from '../config.js';
import { readPublicKeys } from '../verify/named-keys.js';
import { oneMore } from '../verify/one-more.js';
import { ContentFolder } from './content-folder.js';
import { FileContents } from './file-contents.js';
import { InputReport } from './input-report.js';
import { type FrameReader, readProven } from './read-proven.js';
import { CannotOpen } from './recording.errors.js';

interface RecordingOptions extends S3Options {
  readonly publicKey: string[];
}

const HELP = `
TARGET is a bundle file, a folder store or one recording's folder in it, or s3://bucket[/sessions/ID], as for "sallyport verify". It is proven first; nothing of a
recording that is not proven is shown. Run it where the auditors' private key is, and never on a server.

Exit code: 0 everything was opened · 1 a frame did not open, or frames are missing · 2 nothing could be opened`;

/** Creates the command `sallyport recording`. `print` receives lines; `exit` the exit code. */
export const recordingCommand = (print: (line: string) => void, exit: (code: number) => void): Command =>
  new Command('recording')
    .description('read the input and the files of proven recordings')
    .addCommand(openInputCommand(print, exit).exitOverride())
    .addCommand(filesCommand(print, exit).exitOverride());

function openInputCommand(print: (line: string) => void, exit: (code: number) => void): Command {
  return onTarget('open-input')
    .description('print input that is sealed to the auditors’ key, with its times and channels')
    .requiredOption('--key <file>', 'the auditors’ X25519 private key (PEM)')
    .action(async (target: string, options: RecordingOptions & { key: string }) => {
      const report = new InputReport(auditorsKey(options.key), print);
      await read(target, options, (sessionId, frame) => report.see(sessionId, frame));
      if (report.sealed === 0) throw new CannotOpen(`"${target}" has no sealed input`);
      exit(report.problems === 0 ? 0 : 1);
    });
}

function filesCommand(print: (line: string) => void, exit: (code: number) => void): Command {
  return onTarget('files')
    .description('write the recorded content of uploaded files into a new folder')
    .requiredOption('--out <folder>', 'a folder that does not exist or is empty')
    .option('--key <file>', 'the auditors’ X25519 private key (PEM), for sealed content')
    .action(async (target: string, options: RecordingOptions & { key?: string; out: string }) => {
      const key = options.key === undefined ? undefined : auditorsKey(options.key);
      const contents = new FileContents(new ContentFolder(options.out, print), key, print);
      await read(target, options, (sessionId, frame) => contents.see(sessionId, frame));
      const files = contents.end();
      if (files === 0 && contents.problems === 0) throw new CannotOpen(`"${target}" has no content of files`);
      exit(contents.problems === 0 ? 0 : 1);
    });
}

const onTarget = (name: string): Command =>
  new Command(name)
    .argument('<target>', 'FILE, FOLDER or s3://BUCKET')
    .requiredOption('--public-key <file>', 'Ed25519 public key of the recorders (SPKI PEM); may be repeated', oneMore)
    .option('--s3-endpoint <url>', 'http(s)://host:port')
    .option('--s3-region <region>', 'region of the bucket')
    .option('--s3-access-key <key>', 'access key')
    .option('--s3-secret-key-file <file>', 'file with the secret key')
    .addHelpText('after', HELP);

const read = (target: string, options: RecordingOptions, reader: FrameReader): Promise<void> =>
  readProven({ target, keys: readPublicKeys(options.publicKey), s3: () => s3Settings(options, process.env) }, reader);

function auditorsKey(file: string): AuditorsKey {
  try {
    return readAuditorsPrivateKey(file);
  } catch (error) {
    throw new CannotOpen((error as Error).message, {}, { cause: error });
  }
}
