import { makeBucket } from '@sallyport/object-store';
import { Command } from 'commander';
import { s3Settings, type S3Options } from '../config.js';
import { wholeSeconds } from './seconds.js';
import { waitFor } from './wait-for.js';

/** Creates the command `sallyport bucket`. `print` receives lines. */
export function bucketCommand(print: (line: string) => void): Command {
  const make = new Command('make')
    .description('create a bucket for recordings, unless it exists')
    .argument('<bucket>', 'name of the bucket')
    .option('--s3-endpoint <url>', 'http(s)://host:port')
    .option('--s3-region <region>', 'region of the bucket')
    .option('--object-lock', 'with object lock, which can’t be added later')
    .option('--wait <seconds>', 'how long to wait for the server', wholeSeconds, 0)
    .action(async (bucket: string, options: S3Options & { readonly wait: number; readonly objectLock?: boolean }) => {
      const settings = s3Settings(options, process.env);
      const isMade = await waitFor(options.wait, () => makeBucket({ ...settings, bucket }, options.objectLock ?? false));
      print(`The bucket "${bucket}" ${isMade ? 'was made' : 'is there already'}.`);
    });
  return new Command('bucket').description('prepare the S3 store of the recordings').addCommand(make.exitOverride());
}
