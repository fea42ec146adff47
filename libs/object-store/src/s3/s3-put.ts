import type { Client } from 'minio';
import { lockHeaders, type ObjectLock } from './object-lock.js';
import { isNoSuchKey } from './s3-error.js';

/** A lock, and the time from which it counts. */
export interface LockUntil {
  readonly lock: ObjectLock;
  readonly now: number;
}

/** An object to store in one request. */
export interface WholeObject {
  readonly bucket: string;
  readonly key: string;
  readonly bytes: Buffer;
  readonly lock: LockUntil | undefined;
}

/** The client's own `putObject` sends a lock, and a condition, as metadata of the user, which does nothing. */
interface Uploads {
  uploadBuffer(bucket: string, key: string, headers: Record<string, string>, bytes: Buffer): Promise<unknown>;
}

/** Stores an object, or replaces it. */
export async function putWhole(client: Client, object: WholeObject, condition: Record<string, string> = {}): Promise<void> {
  const { bucket, key, bytes, lock } = object;
  const headers = { ...(lock && lockHeaders(bytes, lock.lock, lock.now)), ...condition };
  if (Object.keys(headers).length === 0) await client.putObject(bucket, key, bytes);
  else await (client as unknown as Uploads).uploadBuffer(bucket, key, headers, bytes);
}

/**
 * Stores an object unless there is one under its key; returns false then. A repetition after a lost answer finds its own object and returns false
 * too. A store that knows no conditions is asked before: two writers at the same time may then both store.
 */
export async function putIfAbsent(client: Client, object: WholeObject): Promise<boolean> {
  try {
    await putWhole(client, object, { 'If-None-Match': '*' });
    return true;
  } catch (error) {
    if (isConditionFalse(error)) return false;
    if ((error as { code?: unknown }).code !== 'NotImplemented') throw error;
  }
  if (await exists(client, object)) return false;
  await putWhole(client, object);
  return true;
}

/** Answers for an object that exists, or that another writer is about to store. */
const isConditionFalse = (error: unknown): boolean =>
  ['PreconditionFailed', 'ConditionalRequestConflict'].includes(String((error as { code?: unknown }).code));

async function exists(client: Client, { bucket, key }: WholeObject): Promise<boolean> {
  try {
    await client.statObject(bucket, key);
    return true;
  } catch (error) {
    if (isNoSuchKey(error)) return false;
    throw error;
  }
}
