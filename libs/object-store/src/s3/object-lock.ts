import { createHash } from 'node:crypto';
import type { Client } from 'minio';
import { StoreMisconfigured } from '../store.errors.js';

/** The lock of objects that are kept: until it ends that version can't be changed or removed, in mode COMPLIANCE not even by the account's owner. */
export interface ObjectLock {
  readonly mode: 'GOVERNANCE' | 'COMPLIANCE';
  readonly days: number;
}

const DAY_MS = 86_400_000;

/** Returns the headers that store an object with its lock, in one request, so that it is never without. S3 demands a checksum with a lock. */
export function lockHeaders(bytes: Buffer, { mode, days }: ObjectLock, now: number): Record<string, string> {
  return {
    'x-amz-object-lock-mode': mode,
    'x-amz-object-lock-retain-until-date': new Date(now + days * DAY_MS).toISOString(),
    'Content-MD5': createHash('md5').update(bytes).digest('base64'),
  };
}

/** Throws StoreMisconfigured for a bucket that locks nothing. */
export async function checkLock(client: Client, bucket: string, location: string): Promise<void> {
  if (await isLocking(client, bucket)) return;
  throw new StoreMisconfigured(
    location,
    'object lock is set, but the bucket has none; create the bucket with object lock, or set RECORDER_OBJECT_LOCK_DAYS=0',
  );
}

async function isLocking(client: Client, bucket: string): Promise<boolean> {
  try {
    return ((await client.getObjectLockConfig(bucket)) as unknown as { objectLockEnabled?: string }).objectLockEnabled === 'Enabled';
  } catch (error) {
    if (NONE.includes(String((error as { code?: unknown }).code))) return false;
    throw error;
  }
}

/** Answers of servers for a bucket without object lock. */
const NONE = ['ObjectLockConfigurationNotFoundError', 'ObjectLockConfigurationNotFound', 'NoSuchObjectLockConfiguration', 'InvalidRequest'];
