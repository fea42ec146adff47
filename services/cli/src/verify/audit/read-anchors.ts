import { readdir, readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type AnchorFile, anchorHash, anchorName, ANCHORS_PREFIX, MAX_ANCHOR_BYTES } from '@sallyport/crypto';
import { listAll, type ObjectStore, openFsStore, openS3Store, readObject } from '@sallyport/object-store';
import type { S3Settings } from '../../config.js';
import { CannotVerify } from '../verify.errors.js';

/** Anchors by name, each read when it is needed. */
type Anchors = Map<string, () => Promise<Buffer>>;

/**
 * Returns the anchors of all sources in the order of their numbers: folders, s3://BUCKET, and files of log lines. An anchor that several
 * sources have comes once.
 */
export async function* readAnchors(sources: readonly string[], s3: () => S3Settings): AsyncGenerator<AnchorFile, void, undefined> {
  const anchors: Anchors = new Map();
  for (const source of sources) await addFrom(source, s3, anchors);
  if (anchors.size === 0)
    throw new CannotVerify(`no anchor of the audit chain was found in ${sources.map((each) => `"${each}"`).join(', ')}`);
  const names = [...anchors.keys()].sort();
  for (const name of names) yield { name, envelope: (await anchors.get(name)?.()) ?? Buffer.alloc(0) };
}

async function addFrom(source: string, s3: () => S3Settings, anchors: Anchors): Promise<void> {
  if (source.startsWith('s3://')) return addFromBucket(source, s3(), anchors);
  const found = await stat(source).catch((error: NodeJS.ErrnoException) => {
    throw new CannotVerify(`"${source}" can't be read: ${error.code ?? error.message}`, {}, { cause: error });
  });
  if (found.isDirectory()) await addFromFolder(resolve(source), anchors);
  else addFromLog(await readFile(source, 'utf8'), anchors);
}

async function addFromBucket(source: string, s3: S3Settings, anchors: Anchors): Promise<void> {
  const [, bucket = ''] = /^s3:\/\/([^/]+)\/?$/.exec(source) ?? [];
  if (bucket === '') throw new CannotVerify(`"${source}" does not name a bucket: write s3://bucket`);
  const store = openS3Store({ ...s3, bucket });
  await store.check();
  await addFromStore(store, ANCHORS_PREFIX, anchors);
}

/** Adds the anchors of a folder store, or of the folder of anchors itself. */
async function addFromFolder(path: string, anchors: Anchors): Promise<void> {
  const names = await readdir(path);
  const store = await openFsStore({ directory: path, isReadOnly: true });
  const isStore = names.includes('audit') || names.includes('sessions');
  await addFromStore(store, isStore ? ANCHORS_PREFIX : '', anchors);
}

async function addFromStore(store: ObjectStore, prefix: string, anchors: Anchors): Promise<void> {
  for await (const { key } of listAll(store, prefix))
    anchors.set(key.slice(prefix.length), () => readObject(store, key, { offset: 0, length: MAX_ANCHOR_BYTES }));
}

/** Adds the anchors of core's log lines of the kind "audit-anchor"; other lines are skipped. */
function addFromLog(text: string, anchors: Anchors): void {
  for (const line of text.split('\n')) {
    const start = line.indexOf('{');
    const fields = start < 0 || !line.includes('audit_anchor') ? undefined : parse(line.slice(start));
    if (typeof fields?.['audit_anchor'] !== 'string' || typeof fields['number'] !== 'number') continue;
    const envelope = Buffer.from(fields['audit_anchor']);
    anchors.set(anchorName(fields['number'], anchorHash(envelope)), async () => envelope);
  }
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}
