import { DsseInvalid, readSessionListEnd, type SessionListEnd } from '@sallyport/crypto';
import type { NamedKey } from './named-keys.js';

/** A list of sessions as it was read. */
export interface ReadList {
  /** Lines before the end. */
  readonly lines: number;
  /** SHA-256 over them, hex. */
  readonly sha256: string;
  /** The last line; undefined if the list has none that is an end. */
  readonly end: Buffer | undefined;
  /** Number of the first line behind the end; undefined for none. */
  readonly behind: number | undefined;
}

/** Either the facts of a list that is as core signed it, one line each, or the reason that it proves nothing. */
export type ListEndCheck = { readonly facts: readonly string[] } | { readonly problem: string };

/** Checks that a list is the one that core listed: no line is missing, added, changed or moved. */
export function checkListEnd(list: ReadList, keys: readonly NamedKey[]): ListEndCheck {
  if (!list.end)
    return { problem: 'it is incomplete: its last line, which core signs, is missing. Sessions may have been cut off; download it again' };
  if (keys.length === 0) return { problem: 'its last line can not be checked: name core’s public key of the audit chain with --audit-key' };
  if (list.behind !== undefined) return { problem: `line ${list.behind} stands behind the end of the list` };
  try {
    return compare(
      list,
      readSessionListEnd(
        list.end,
        keys.map(({ pem }) => pem),
      ),
      keys,
    );
  } catch (error) {
    if (!(error instanceof DsseInvalid)) throw error;
    return { problem: `its last line does not prove it: ${error.message}` };
  }
}

function compare({ lines, sha256 }: ReadList, end: SessionListEnd & { keyId: string }, keys: readonly NamedKey[]): ListEndCheck {
  if (lines !== end.sessions) {
    const what = lines < end.sessions ? 'removed' : 'added';
    return { problem: `core listed ${end.sessions} sessions, it has ${lines}: lines were ${what}` };
  }
  if (sha256 !== end.sha256) return { problem: 'its lines were changed or put in another order since core listed them' };
  const anchor = end.anchor ? `after anchor ${end.anchor.number} (event ${end.anchor.seq})` : 'before the first anchor';
  const file = keys.find(({ keyId }) => keyId === end.keyId)?.file ?? '';
  return {
    facts: [
      `compared with ${lines} sessions of organization ${end.orgId} that core knew at ${end.time}, ${anchor} of its audit chain`,
      `       signed by key ${end.keyId} of ${file}`,
    ],
  };
}
