import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { listAll, openS3Store, readObject, type ObjectStore } from '@sallyport/object-store';
import { verifyRecording, type Verdict } from './verify.ts';

/** The product's store of recordings, seen from outside. */
export interface RecordingStore {
  /** Runs `sallyport verify` on the whole store. */
  verify(): Promise<Verdict>;
  /** Changes one byte in the middle of a stored part of a session. Returns a function that restores it. */
  flipByteOf(session: string): Promise<() => Promise<void>>;
}

/** Opens the folder of an embedded start. */
export function folderStore(data: string, publicKey: string): RecordingStore {
  const folder = path.join(data, 'recordings');
  return {
    verify: () => verifyRecording([folder, '--public-key', publicKey]),
    async flipByteOf(session) {
      const place = path.join(folder, 'sessions', session);
      const part = (await readdir(place)).find((name) => name.startsWith('part-'));
      const file = path.join(place, part ?? 'no part');
      const bytes = await readFile(file);
      await writeFile(file, flipped(bytes));
      return () => writeFile(file, bytes);
    },
  };
}

/** Opens the bucket of a start with S3. */
export async function bucketStore(data: string, endpoint: string, publicKey: string): Promise<RecordingStore> {
  const keys = JSON.parse(await readFile(path.join(data, 'secrets/s3.json'), 'utf8')) as { accessKey: string; secretKey: string };
  const bucket = 'sallyport-recordings';
  const store = openS3Store({ endpoint, bucket, region: 'us-east-1', ...keys });
  const secretFile = path.join(data, 'secrets/s3-secret-key');
  return {
    verify: () =>
      verifyRecording([
        `s3://${bucket}`,
        '--public-key',
        publicKey,
        '--s3-endpoint',
        endpoint,
        '--s3-access-key',
        keys.accessKey,
        '--s3-secret-key-file',
        secretFile,
      ]),
    async flipByteOf(session) {
      const key = await partOf(store, session);
      const bytes = await readObject(store, key);
      await store.put(key, flipped(bytes));
      return async () => void (await store.put(key, bytes));
    },
  };
}

async function partOf(store: ObjectStore, session: string): Promise<string> {
  for await (const { key } of listAll(store, `sessions/${session}/`)) if (key.includes('/part-')) return key;
  throw new Error(`Session ${session}: no part of its recording is stored`);
}

function flipped(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  const at = Math.floor(copy.length / 2);
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
}
