import { createPrivateKey, createPublicKey } from 'node:crypto';
import { DsseSigner, sha256, verifyDsse } from '@sallyport/crypto';
import { type ObjectStore, ObjectNotFound, readObject } from '@sallyport/object-store';
import {
  decodeManifest,
  encodeManifest,
  type Manifest,
  MANIFEST_NAME,
  MANIFEST_PAYLOAD_TYPE,
  ManifestInvalid,
  recordingFolder,
  supersededManifestName,
} from '@sallyport/recording-format';
import { RecorderSeal } from './recorder-seal.js';
import { RecordingDamaged } from './recording.errors.js';

/** A stored manifest: its content and the signed bytes. */
export interface StoredManifest {
  readonly manifest: Manifest;
  readonly bytes: Buffer;
  /** SHA-256 of the bytes; the next generation names it. */
  readonly sha256: string;
}

/** A manifest is locked where the store has object lock; the next generation is a further version. */
const KEPT = { isKept: true };

/** Reads and writes manifest.json, signed with the recorders' key. */
export class ManifestFile {
  /** Seals stored objects with the same key. */
  readonly seals: RecorderSeal;
  private readonly signer: DsseSigner;
  private readonly publicKeys: readonly string[];

  /** `privateKeyPem` is Ed25519, PKCS#8. Manifests that one of `formerKeys` (SPKI PEM) signed before a rotation are read as well. */
  constructor(
    private readonly store: ObjectStore,
    privateKeyPem: string,
    formerKeys: readonly string[] = [],
  ) {
    this.publicKeys = [createPublicKey(createPrivateKey(privateKeyPem)).export({ type: 'spki', format: 'pem' }).toString(), ...formerKeys];
    this.signer = new DsseSigner(privateKeyPem);
    this.seals = new RecorderSeal(privateKeyPem, this.publicKeys);
  }

  /** Returns the current manifest, its signature and session verified; undefined if there is none. Throws RecordingDamaged. */
  async read(sessionId: string): Promise<StoredManifest | undefined> {
    const bytes = await this.bytes(sessionId);
    if (bytes === undefined) return undefined;
    try {
      const { payload } = verifyDsse(bytes, this.publicKeys);
      return { manifest: ofSession(sessionId, decodeManifest(payload)), bytes, sha256: sha256(bytes) };
    } catch (error) {
      throw new RecordingDamaged(MANIFEST_NAME, sessionId, error instanceof Error ? error.message : 'unreadable', error);
    }
  }

  /** Signs and writes a manifest. Keeps the superseded one under its own name first. */
  async write(manifest: Manifest, superseded: StoredManifest | undefined): Promise<void> {
    const folder = recordingFolder(manifest.session_id);
    if (superseded !== undefined) {
      await this.store.put(folder + supersededManifestName(superseded.manifest.generation, superseded.sha256), superseded.bytes, KEPT);
    }
    await this.store.put(folder + MANIFEST_NAME, this.signed(manifest), KEPT);
  }

  /** Returns the file of a manifest. */
  signed(manifest: Manifest): Buffer {
    return this.signer.sign(MANIFEST_PAYLOAD_TYPE, Buffer.from(encodeManifest(manifest)));
  }

  private async bytes(sessionId: string): Promise<Buffer | undefined> {
    try {
      return await readObject(this.store, recordingFolder(sessionId) + MANIFEST_NAME);
    } catch (error) {
      if (error instanceof ObjectNotFound) return undefined;
      throw error;
    }
  }
}

/** Returns the manifest. Throws ManifestInvalid if it is that of another session, put in this one's place. */
function ofSession(sessionId: string, manifest: Manifest): Manifest {
  if (manifest.session_id !== sessionId) throw new ManifestInvalid(`it is that of session "${manifest.session_id}"`);
  return manifest;
}
