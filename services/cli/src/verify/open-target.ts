import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { openFsStore, openS3Store } from '@sallyport/object-store';
import { isSessionId, MANIFEST_NAME, RECORDINGS_PREFIX } from '@sallyport/recording-format';
import type { S3Settings } from '../config.js';
import type { AgainstList } from './against-list.js';
import type { Findings } from './findings.js';
import { verifyBundle } from './verify-bundle.js';
import { verifyFolder } from './verify-folder.js';
import { verifyStore } from './verify-store.js';
import { CannotVerify } from './verify.errors.js';
import type { NamedKey } from './named-keys.js';

/** Checks the target that the text names: s3://bucket[/prefix], a folder store, one recording's folder, or a bundle file. */
export async function* verifyTarget(
  target: string,
  keys: readonly NamedKey[],
  s3: () => S3Settings,
  against?: AgainstList,
): AsyncGenerator<Findings, void, undefined> {
  if (target.startsWith('s3://')) return yield* verifyBucket(target, keys, s3(), against);
  const found = await stat(target).catch((error: NodeJS.ErrnoException) => {
    throw new CannotVerify(`"${target}" can't be read: ${error.code ?? error.message}`, {}, { cause: error });
  });
  if (found.isDirectory()) yield* verifyDirectory(resolve(target), keys, against);
  else yield await verifyBundle(target, createReadStream(target), keys, against);
}

async function* verifyBucket(
  target: string,
  keys: readonly NamedKey[],
  s3: S3Settings,
  against: AgainstList | undefined,
): AsyncGenerator<Findings, void, undefined> {
  const [, bucket = '', prefix = ''] = /^s3:\/\/([^/]+)\/?(.*)$/.exec(target) ?? [];
  if (bucket === '') throw new CannotVerify(`"${target}" lacks a bucket: write s3://bucket or s3://bucket/sessions/ID`);
  const below = prefix === '' ? RECORDINGS_PREFIX : prefix.replace(/\/?$/, '/');
  if (!/^sessions\/([^/]+\/)?$/.test(below))
    throw new CannotVerify(`recordings are below "${RECORDINGS_PREFIX}" of a bucket, not below "${prefix}"`);
  const store = openS3Store({ ...s3, bucket });
  await store.check();
  yield* verifyStore(store, below, keys, against);
}

async function* verifyDirectory(
  path: string,
  keys: readonly NamedKey[],
  against: AgainstList | undefined,
): AsyncGenerator<Findings, void, undefined> {
  const names = await readdir(path);
  const store = await openFsStore({ directory: path, isReadOnly: true });
  if (names.includes(basename(RECORDINGS_PREFIX))) return yield* verifyStore(store, RECORDINGS_PREFIX, keys, against);
  if (!names.some((name) => name === MANIFEST_NAME || name.endsWith('.spr'))) {
    throw new CannotVerify(
      `"${path}" is neither a folder store (without "${RECORDINGS_PREFIX}") nor a recording (without ${MANIFEST_NAME})`,
    );
  }
  const name = basename(path);
  const isInStore = basename(join(path, '..')) === basename(RECORDINGS_PREFIX) && isSessionId(name);
  yield await verifyFolder({ store, prefix: '', names, sessionId: isInStore ? name : undefined }, path, keys, against);
}
