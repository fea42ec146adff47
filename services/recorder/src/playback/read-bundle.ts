import type { ObjectStore } from '@sallyport/object-store';
import { MANIFEST_NAME, recordingFolder, type TarSource, writeTar } from '@sallyport/recording-format';
import { findClosed, type PlaybackParts } from './playback-parts.js';

/** A closed recording with its proof, as the canonical tar file of FORMAT.md. */
export async function* readBundle(parts: PlaybackParts, sessionId: string): AsyncGenerator<Uint8Array, void, undefined> {
  const { manifest, bytes } = await findClosed(parts, sessionId);
  const proof: TarSource = { name: MANIFEST_NAME, size: bytes.length, content: () => once(bytes) };
  const files = manifest.parts.map(
    ({ name, bytes: size }): TarSource => ({ name, size, content: () => content(parts.store, recordingFolder(sessionId) + name) }),
  );
  yield* writeTar([proof, ...files]);
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

async function* content(store: ObjectStore, key: string): AsyncGenerator<Uint8Array> {
  yield* await store.get(key);
}
