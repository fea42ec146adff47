import { ByteVerifier } from '@sallyport/crypto';
import { readObject } from '@sallyport/object-store';
import { type Extent, extentName, openSealed } from '@sallyport/recording-format';
import type { NamedKey } from './named-keys.js';
import type { RecordingFolder } from './recording-folder.js';

/** Checks the seals of objects that no manifest names. Returns a problem for each that no recorder sealed for this session and place. */
export async function sealProblems(
  folder: RecordingFolder,
  sessionId: string,
  extents: readonly Extent[],
  keys: readonly NamedKey[],
): Promise<string[]> {
  const verifier = new ByteVerifier(keys.map(({ pem }) => pem));
  const problems: string[] = [];
  for (const extent of extents) {
    const name = extentName(extent);
    const opened = openSealed(verifier, sessionId, extent, await readObject(folder.store, folder.prefix + name));
    if ('problem' in opened) problems.push(`object "${name}": ${opened.problem}`);
  }
  return problems;
}
