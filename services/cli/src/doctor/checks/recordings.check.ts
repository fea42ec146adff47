import { randomBytes } from 'node:crypto';
import { openFsStore, openS3Store, readObject, type ObjectStore } from '@sallyport/object-store';
import { fault, ok, type Check, type Finding } from '../check.js';
import type { Settings } from '../installation.js';
import { reasonOf } from '../run-checks.js';
import { folderSpace } from '../folder-space.js';

const IDLE_MS = 3_000;
/** Above the size of one part, so that the store has to take a multipart upload. */
const MULTIPART_BYTES = 8 * 1024 * 1024 + 1;
/** Prefix of the objects of this check; recordings are below sessions/. */
const PREFIX = 'doctor/';

type Recorder = Settings['recorder'];

/** Stores, reads, lists and removes an object where recordings are kept. */
export const recordingsChecks: readonly Check<'recorder'>[] = [
  {
    group: 'Recordings',
    name: 'store',
    needs: ['recorder'],
    remedy: 'Check the RECORDER_S3_* or RECORDER_FS_DIR settings, and that the store can be reached',
    run: async ({ settings: { recorder } }) => {
      if (recorder.RECORDER_STORE === 'null') return [ok('recordings are not kept, as RECORDER_STORE=null says')];
      const store = await openStore(recorder);
      await store.check();
      return [ok(`${store.location} can be used`), ...lockFinding(recorder), await roundTrip(store)];
    },
  },
  {
    group: 'Recordings',
    name: 'free disk',
    needs: ['recorder'],
    remedy: 'Check RECORDER_FS_DIR',
    run: async ({ settings: { recorder } }) =>
      recorder.RECORDER_STORE === 'fs' ? folderSpace('recordings', recorder.RECORDER_FS_DIR ?? '', 0) : [],
  },
];

function openStore(recorder: Recorder): Promise<ObjectStore> | ObjectStore {
  const { RECORDER_OBJECT_LOCK_DAYS: days, RECORDER_OBJECT_LOCK_MODE: mode } = recorder;
  if (recorder.RECORDER_STORE === 'fs') return openFsStore({ directory: recorder.RECORDER_FS_DIR ?? '' });
  return openS3Store({
    endpoint: recorder.RECORDER_S3_ENDPOINT ?? '',
    bucket: recorder.RECORDER_S3_BUCKET ?? '',
    region: recorder.RECORDER_S3_REGION,
    accessKey: recorder.RECORDER_S3_ACCESS_KEY ?? '',
    secretKey: recorder.RECORDER_S3_SECRET_KEY ?? '',
    idleMs: IDLE_MS,
    lock: days > 0 ? { mode, days } : undefined,
  });
}

function lockFinding({ RECORDER_OBJECT_LOCK_DAYS: days, RECORDER_OBJECT_LOCK_MODE: mode }: Recorder): Finding[] {
  return days > 0 ? [ok(`the bucket has object lock; recordings are locked for ${days} days (${mode})`)] : [];
}

/** Does with objects what the recorder does. Names the step that failed. */
async function roundTrip(store: ObjectStore): Promise<Finding> {
  const key = `${PREFIX}${randomBytes(8).toString('hex')}`;
  const text = randomBytes(16);
  const isText = (found: Uint8Array): boolean => text.equals(found);
  const steps: readonly (readonly [string, () => Promise<boolean>])[] = [
    ['put', async () => (await store.put(key, text)) === text.length],
    ['get', async () => isText(await readObject(store, key))],
    ['list', async () => (await store.list(PREFIX)).objects.some((object) => object.key === key)],
    ['put in parts', async () => (await store.put(key, halves())) === MULTIPART_BYTES],
    ['delete', async () => store.delete(key).then(() => true)],
  ];
  for (const [step, work] of steps) {
    const problem = await work().then((isRight) => (isRight ? undefined : 'another answer than was expected'), reasonOf);
    if (problem !== undefined) {
      await store.delete(key).catch(() => undefined);
      return fault(
        `an object can't be handled, at "${step}": ${problem}`,
        `Allow the recorder to read, write, list and delete in ${store.location}`,
      );
    }
  }
  return ok('objects can be put, read, listed and deleted');
}

async function* halves(): AsyncGenerator<Uint8Array, void, undefined> {
  yield Buffer.alloc(MULTIPART_BYTES - 1);
  yield Buffer.alloc(1);
}
