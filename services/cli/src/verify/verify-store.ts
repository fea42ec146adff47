import { listAll, type ObjectStore } from '@sallyport/object-store';
import { RECORDINGS_PREFIX } from '@sallyport/recording-format';
import type { AgainstList } from './against-list.js';
import type { Findings } from './findings.js';
import type { RecordingFolder } from './recording-folder.js';
import { isGone, verifyFolder } from './verify-folder.js';
import type { NamedKey } from './named-keys.js';

/** Checks every recording of a store below `prefix`, one after the other. */
export async function* verifyStore(
  store: ObjectStore,
  prefix: string,
  keys: readonly NamedKey[],
  against?: AgainstList,
): AsyncGenerator<Findings, void, undefined> {
  for await (const folder of foldersOf(store, prefix)) yield await orOnceMore(folder, keys, against);
  // One recording's folder says nothing about the other sessions.
  if (against !== undefined && prefix === RECORDINGS_PREFIX) yield* against.missing();
}

/** Checks a recording, and once more if it was closed meanwhile. */
async function orOnceMore(folder: RecordingFolder, keys: readonly NamedKey[], against: AgainstList | undefined): Promise<Findings> {
  const label = `${folder.store.location} ${folder.prefix}`;
  try {
    return await verifyFolder(folder, label, keys, against);
  } catch (error) {
    if (!isGone(error)) throw error;
  }
  const names: string[] = [];
  for await (const { key } of listAll(folder.store, folder.prefix)) names.push(key.slice(folder.prefix.length));
  return verifyFolder({ ...folder, names }, label, keys, against);
}

async function* foldersOf(store: ObjectStore, prefix: string): AsyncGenerator<RecordingFolder, void, undefined> {
  let current: { prefix: string; sessionId: string; names: string[] } | undefined;
  for await (const { key } of listAll(store, prefix)) {
    const [sessionId = '', ...rest] = key.slice(RECORDINGS_PREFIX.length).split('/');
    if (current !== undefined && current.sessionId !== sessionId) {
      yield { store, ...current };
      current = undefined;
    }
    current ??= { prefix: `${RECORDINGS_PREFIX}${sessionId}/`, sessionId, names: [] };
    current.names.push(rest.join('/'));
  }
  if (current !== undefined) yield { store, ...current };
}
