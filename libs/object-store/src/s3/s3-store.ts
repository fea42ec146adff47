import { type Clock, systemClock } from '@sallyport/context';
import { Client } from 'minio';
import { checkFirst, checkKey, checkPrefix } from '../object-key.js';
import {
  type ByteRange,
  type FirstObject,
  MAX_PAGE,
  type ObjectBody,
  type ObjectInfo,
  type ObjectPage,
  type ObjectStore,
  type PutOptions,
} from '../object-store.js';
import { ObjectNotFound, StoreMisconfigured, StoreUnavailable } from '../store.errors.js';
import { isBehindEnd, isNoSuchKey, translateS3Error } from './s3-error.js';
import { checkLock, type ObjectLock } from './object-lock.js';
import { s3Client } from './s3-client.js';
import { type LockUntil, putIfAbsent, putWhole } from './s3-put.js';
import { putStream } from './s3-upload.js';
import { withRetries } from './with-retries.js';

/** Settings of an S3-compatible store. The keys are secrets. */
export interface S3StoreOptions {
  /** http://host:port or https://host */
  readonly endpoint: string;
  readonly bucket: string;
  readonly region: string;
  readonly accessKey: string;
  readonly secretKey: string;
  /** Ends a request after this long without a byte; 30 s by default. */
  readonly idleMs?: number;
  readonly clock?: Clock;
  /** Locks the objects that are put to be kept. The bucket must have object lock; `check` refuses one without. */
  readonly lock?: ObjectLock | undefined;
}

/** Opens a store of objects in one bucket of an S3-compatible store (path-style addresses, signature v4). It connects at the first call. */
export function openS3Store(options: S3StoreOptions): ObjectStore {
  return new S3Store(options);
}

class S3Store implements ObjectStore {
  readonly keepsData = true;
  readonly location: string;
  private readonly client: Client;
  private readonly bucket: string;
  private readonly clock: Clock;
  private readonly lock: ObjectLock | undefined;
  private isLockChecked = false;

  constructor(options: S3StoreOptions) {
    this.location = `${options.endpoint}/${options.bucket}`;
    this.client = s3Client(options);
    this.bucket = options.bucket;
    this.clock = options.clock ?? systemClock;
    this.lock = options.lock;
  }

  async put(key: string, body: ObjectBody, { isKept = false }: PutOptions = {}): Promise<number> {
    checkKey(key);
    if (!(body instanceof Uint8Array)) return putStream(this.client, this.bucket, key, body, (call) => this.retried(call));
    const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
    const { client, bucket } = this;
    await this.retried(() => putWhole(client, { bucket, key, bytes, lock: this.lockOf(isKept) }));
    return bytes.length;
  }

  /** Lists the folder, stores all but the last, and stores the last on the condition that it does not exist. */
  async putFirst(folder: string, objects: readonly FirstObject[], { isKept = false }: PutOptions = {}): Promise<boolean> {
    checkFirst(folder, objects);
    if ((await this.list(folder, { limit: 1 })).objects.length > 0) return false;
    const options = { isKept };
    for (const { name, bytes } of objects.slice(0, -1)) await this.put(folder + name, bytes, options);
    const last = objects.at(-1);
    if (last === undefined) return true;
    const { client, bucket } = this;
    return this.retried(() =>
      putIfAbsent(client, { bucket, key: folder + last.name, bytes: Buffer.from(last.bytes), lock: this.lockOf(isKept) }),
    );
  }

  async get(key: string, range: ByteRange = { offset: 0 }): Promise<AsyncIterable<Uint8Array>> {
    checkKey(key);
    if (range.length === 0) {
      if ((await this.head(key)) === undefined) throw new ObjectNotFound(key);
      return nothing();
    }
    const first = await this.open(key, range);
    return this.readResuming(key, range, first);
  }

  async head(key: string): Promise<ObjectInfo | undefined> {
    checkKey(key);
    return this.retried(async () => {
      try {
        const found = await this.client.statObject(this.bucket, key);
        return { key, bytes: found.size, modifiedAt: found.lastModified.getTime() };
      } catch (error) {
        if (isNoSuchKey(error)) return undefined;
        throw error;
      }
    });
  }

  async list(prefix: string, { after = '', limit = MAX_PAGE }: { after?: string; limit?: number } = {}): Promise<ObjectPage> {
    checkPrefix(prefix);
    const size = Math.min(limit, MAX_PAGE);
    const answer = await this.retried(() => this.client.listObjectsV2Query(this.bucket, prefix, '', '', size, after));
    const objects = answer.objects.flatMap((one): ObjectInfo[] =>
      one.name === undefined ? [] : [{ key: one.name, bytes: one.size, modifiedAt: one.lastModified.getTime() }],
    );
    return { objects, next: answer.isTruncated ? objects.at(-1)?.key : undefined };
  }

  async delete(key: string): Promise<void> {
    checkKey(key);
    await this.retried(() => this.client.removeObject(this.bucket, key));
  }

  async check(): Promise<void> {
    await this.retried(async () => {
      if (await this.client.bucketExists(this.bucket)) return;
      throw new StoreMisconfigured(this.location, 'the bucket does not exist; create it or correct its name');
    });
    await this.list('', { limit: 1 });
    if (!this.lock || this.isLockChecked) return;
    await this.retried(() => checkLock(this.client, this.bucket, this.location));
    this.isLockChecked = true;
  }

  private lockOf(isKept: boolean): LockUntil | undefined {
    return isKept && this.lock ? { lock: this.lock, now: this.clock.now() } : undefined;
  }

  private open(key: string, { offset, length }: ByteRange): Promise<AsyncIterable<Uint8Array>> {
    return this.retried(async () => {
      try {
        return (await this.client.getPartialObject(this.bucket, key, offset, length ?? 0)) as AsyncIterable<Buffer>;
      } catch (error) {
        if (isNoSuchKey(error)) throw new ObjectNotFound(key);
        if (isBehindEnd(error)) return nothing();
        throw error;
      }
    });
  }

  /** Reads the pieces of `first`. If its connection breaks, it requests the rest again. Our objects never change under their key. */
  private async *readResuming(
    key: string,
    range: ByteRange,
    first: AsyncIterable<Uint8Array>,
  ): AsyncGenerator<Uint8Array, void, undefined> {
    let done = 0;
    let source = first;
    for (let breaks = 0; ; breaks++) {
      try {
        for await (const piece of source) {
          done += piece.length;
          yield piece;
        }
        return;
      } catch (error) {
        if (breaks >= 3) throw this.translated(error);
      }
      if (range.length !== undefined && done >= range.length) return;
      source = await this.open(key, { offset: range.offset + done, ...(range.length !== undefined && { length: range.length - done }) });
    }
  }

  private retried<T>(call: () => Promise<T>): Promise<T> {
    return withRetries(this.clock, async () => {
      try {
        return await call();
      } catch (error) {
        throw this.translated(error);
      }
    });
  }

  private translated(error: unknown): unknown {
    const isOurs = error instanceof ObjectNotFound || error instanceof StoreMisconfigured || error instanceof StoreUnavailable;
    return isOurs ? error : translateS3Error(this.location, error);
  }
}

async function* nothing(): AsyncGenerator<Uint8Array, void, undefined> {}
