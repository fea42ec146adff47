import { ByteVerifier } from '@sallyport/crypto';
import { readObject } from '@sallyport/object-store';
import { type Extent, extentName, sealedBytes, splitSealed } from '@sallyport/recording-format';
import { sha256Hex } from './check-manifest.js';
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
    const problem = sealProblem(verifier, sessionId, extent, await readObject(folder.store, folder.prefix + name));
    if (problem !== undefined) problems.push(`object "${name}": ${problem}`);
  }
  return problems;
}

function sealProblem(verifier: ByteVerifier, sessionId: string, extent: Extent, object: Buffer): string | undefined {
  const sealed = splitSealed(object);
  if (sealed === undefined) return 'no recorder sealed it: it was put there, cut, or written before format version 2';
  const { frames, seal, body, signature } = sealed;
  const keyId = Buffer.from(seal.keyId).toString('hex');
  const isSigned = verifier.verify(keyId, sealedBytes(sessionId, body), signature);
  if (isSigned === undefined) return `it was sealed with key ${keyId}, not with a given key`;
  if (!isSigned) return 'its seal does not match: it was changed, or it is that of another session';
  if (sha256Hex(frames) !== Buffer.from(seal.sha256).toString('hex')) return 'its frames were changed after it was sealed';
  if (seal.firstSeq !== extent.firstSeq || seal.lastSeq !== extent.lastSeq) return 'it was renamed: its seal is that of other frames';
  return undefined;
}
