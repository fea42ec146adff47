import { generateKeyPairSync } from 'node:crypto';
import { join } from 'node:path';
import { type Clock, systemClock } from '@sallyport/context';
import { type ObjectStore, openFsStore } from '@sallyport/object-store';
import type { CommandRecorded } from '@sallyport/proto-gen/command/v1/command_event';
import type { RecordingAltered } from '@sallyport/proto-gen/session/v1/session_event';
import { createLogger } from '@sallyport/telemetry';
import { workFolder } from '@sallyport/testkit';
import { afterEach } from 'vitest';
import { CloseRecording } from '../src/close/close-recording.js';
import { ClosedLately } from '../src/close/closed-lately.js';
import { Publishing } from '../src/commands/publishing.js';
import { ActiveSessions } from '../src/ingest/active-sessions.js';
import { ByteBudget } from '../src/ingest/byte-budget.js';
import type { IngestDeps } from '../src/ingest/ingest-session.js';
import { ManifestFile } from '../src/recording/manifest-file.js';

export const silent = createLogger({ service: 'recorder-test', level: 'silent' });

const keys = generateKeyPairSync('ed25519');
export const signingKeyPem = keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
export const publicKeyPem = keys.publicKey.export({ type: 'spki', format: 'pem' }).toString();

/** JetStream as far as the recorder uses it; can be away. */
export class FakeBus {
  readonly published: CommandRecorded[] = [];
  isAway = false;

  publish = async (_event: unknown, message: unknown): Promise<{ duplicate: boolean }> => {
    if (this.isAway) throw new Error('NATS is away');
    const command = message as CommandRecorded;
    const duplicate = this.published.some((one) => one.id === command.id);
    if (!duplicate) this.published.push(command);
    return { duplicate };
  };

  get inputs(): string[] {
    return this.published.map((one) => one.input);
  }
}

/** The components of a recorder on a real folder. */
export interface ARecorder extends IngestDeps {
  readonly bus: FakeBus;
  readonly directory: string;
  /** Reports of recordings that are not what core knows of them. */
  readonly altered: RecordingAltered[];
  report(altered: RecordingAltered): Promise<void>;
  remove(): Promise<void>;
}

/** Creates a recorder. `wrap` puts a layer between the recorder and its store. */
export async function aRecorder(
  options: {
    clock?: Clock;
    wrap?: (store: ObjectStore) => ObjectStore;
    directory?: string;
    bus?: FakeBus;
    keys?: { signing: string; former: string[] };
    maxHeldBytes?: number;
    unstoredBytes?: number;
  } = {},
): Promise<ARecorder> {
  const folder = options.directory === undefined ? await workFolder('recorder') : undefined;
  const directory = options.directory ?? join(folder!.path, 'store');
  const real = await openFsStore({ directory });
  const store = options.wrap?.(real) ?? real;
  const clock = options.clock ?? systemClock;
  const bus = options.bus ?? new FakeBus();
  const altered: RecordingAltered[] = [];
  const manifests = new ManifestFile(store, options.keys?.signing ?? signingKeyPem, options.keys?.former);
  return {
    store,
    manifests,
    clock,
    bus,
    directory,
    altered,
    report: async (one) => void altered.push(one),
    logger: silent,
    closing: new CloseRecording({ store, manifests, clock, logger: silent, partBytes: 80_000 }),
    publishing: new Publishing(
      { bus: bus as never, clock, logger: silent },
      { concurrency: 8, maxHeldBytes: options.maxHeldBytes ?? 1_000_000 },
    ),
    active: new ActiveSessions(),
    lately: new ClosedLately(clock),
    budget: new ByteBudget(options.unstoredBytes ?? 8_000_000),
    limits: { maxAgeMs: 50, maxBytes: 1024 * 1024 },
    remove: async () => folder?.remove(),
  };
}

/** Returns `aRecorder` for a test file: each recorder that it makes is removed after the test. */
export function recordersOfTests(): typeof aRecorder {
  const made: ARecorder[] = [];
  afterEach(async () => {
    for (const recorder of made.splice(0)) await recorder.remove();
  });
  return async (options) => {
    const recorder = await aRecorder(options);
    made.push(recorder);
    return recorder;
  };
}

/** Returns a store whose calls run `before` first. */
export function guarded(
  store: ObjectStore,
  before: (call: 'put' | 'get' | 'list' | 'delete', key: string) => Promise<void> | void,
): ObjectStore {
  return {
    keepsData: store.keepsData,
    location: store.location,
    put: async (key, body, options) => {
      await before('put', key);
      return store.put(key, body, options);
    },
    putFirst: async (folder, objects, options) => {
      for (const { name } of objects) await before('put', folder + name);
      return store.putFirst(folder, objects, options);
    },
    get: async (key, range) => {
      await before('get', key);
      return store.get(key, range);
    },
    head: (key) => store.head(key),
    list: async (prefix, page) => {
      await before('list', prefix);
      return store.list(prefix, page);
    },
    delete: async (key) => {
      await before('delete', key);
      return store.delete(key);
    },
    check: () => store.check(),
  };
}

/** Returns a guarded store that begins a folder in steps, as one on S3 does: a listing, then each object. */
export function inSteps(
  store: ObjectStore,
  before: (call: 'put' | 'get' | 'list' | 'delete', key: string) => Promise<void> | void,
): ObjectStore {
  const steps = guarded(store, before);
  const putFirst: ObjectStore['putFirst'] = async (folder, objects, options) => {
    if ((await steps.list(folder, { limit: 1 })).objects.length > 0) return false;
    for (const { name, bytes } of objects.slice(0, -1)) await steps.put(folder + name, bytes, options);
    const last = objects.at(-1)!;
    await before('put', folder + last.name);
    if ((await store.head(folder + last.name)) !== undefined) return false;
    await store.put(folder + last.name, last.bytes, options);
    return true;
  };
  return { ...steps, putFirst };
}
