import type { ObjectStore } from '@sallyport/object-store';
import { MANIFEST_NAME, recordingFolder, type TarSource, writeTar } from '@sallyport/recording-format';
import { findClosed, type PlaybackDeps } from './playback-deps.js';

/** Returns a closed recording with its proof, as the canonical tar file of FORMAT.md. */
export async function* readBundle(deps: PlaybackDeps, sessionId: string): AsyncGenerator<Uint8Array, void, undefined> {
  const { manifest, bytes } = await findClosed(deps, sessionId);
  const proof: TarSource = { name: MANIFEST_NAME, size: bytes.length, content: () => once(bytes) };
  const files = manifest.parts.map(
    ({ name, bytes: size }): TarSource => ({ name, size, content: () => content(deps.store, recordingFolder(sessionId) + name, size) }),
  );
  yield* writeTar([proof, ...files]);
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** Returns the frames of an object, without the seal behind them: the bundle's manifest proves them. */
async function* content(store: ObjectStore, key: string, length: number): AsyncGenerator<Uint8Array> {
  yield* await store.get(key, { offset: 0, length });
}
