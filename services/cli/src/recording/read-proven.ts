import type { Frame } from '@sallyport/recording-format';
import type { S3Settings } from '../config.js';
import { AgainstList } from '../verify/against-list.js';
import type { FrameWatcher } from '../verify/check-parts.js';
import type { Findings } from '../verify/findings.js';
import type { NamedKey } from '../verify/named-keys.js';
import { verifyTarget } from '../verify/open-target.js';
import { CannotOpen } from './recording.errors.js';

/** Takes the frames of a recording, in order. */
export type FrameReader = (sessionId: string, frame: Frame) => void;

/** A proven target: what a check needs to read it again. */
export interface ProvenTarget {
  readonly target: string;
  readonly keys: readonly NamedKey[];
  readonly s3: () => S3Settings;
}

/** Passes the frames of every recording to a reader, beside the check. */
class ReadingFrames extends AgainstList {
  constructor(private readonly read: FrameReader) {
    super(undefined, 0);
  }

  override rowsCheck(sessionId: string): FrameWatcher {
    return { see: (frame) => this.read(sessionId, frame), problems: () => [] };
  }
}

/**
 * Reads the frames of a target that is proven. It is read twice: nothing of a recording is used before all of it is proven. Throws CannotOpen if it is not
 * proven, or was changed between.
 */
export async function readProven(source: ProvenTarget, read: FrameReader): Promise<void> {
  await prove(source);
  await prove(source, new ReadingFrames(read));
}

async function prove({ target, keys, s3 }: ProvenTarget, against?: AgainstList): Promise<void> {
  let recordings = 0;
  for await (const findings of verifyTarget(target, keys, s3, against)) {
    if (findings.verdict !== 'proven') throw notProven(findings);
    recordings += 1;
  }
  if (recordings === 0) throw new CannotOpen(`"${target}" has no recording`);
}

function notProven({ label, verdict, problems }: Findings): CannotOpen {
  const why = verdict === 'open' ? 'it is not closed yet' : problems.join('; ');
  return new CannotOpen(`"${label}" is not proven, so nothing of it is shown: ${why}`);
}
