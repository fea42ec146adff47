import { type ObjectStore, ObjectNotFound, readObject } from '@sallyport/object-store';
import {
  type Extent,
  isSupersededManifestName,
  type Manifest,
  MANIFEST_NAME,
  parseExtentName,
  supersededManifestName,
} from '@sallyport/recording-format';
import { checkManifest, isManifestError, sha256Hex } from './check-manifest.js';
import { PartsCheck } from './check-parts.js';
import { type Findings, Problems } from './findings.js';
import { summaryOf } from './summary.js';
import type { NamedKey } from './named-keys.js';

/** One recording's folder in a store. */
export interface RecordingFolder {
  readonly store: ObjectStore;
  /** Prefix of its keys, with the "/" at its end; "" for the store's root. */
  readonly prefix: string;
  readonly names: readonly string[];
  /** The session id that its place names; undefined if the place names none. */
  readonly sessionId: string | undefined;
}

/**
 * Checks one recording where it is stored: the same as a bundle's, and that no object lies beside it that the manifest does not explain.
 */
export async function verifyFolder(folder: RecordingFolder, label: string, keys: readonly NamedKey[]): Promise<Findings> {
  const extents = folder.names.flatMap((name) => parseExtentName(name) ?? []);
  if (!folder.names.includes(MANIFEST_NAME)) return unsigned(label, folder, extents);
  return new FolderCheck(folder, keys).run(label, extents);
}

/**
 * Returns the result for a folder without a manifest. Segments alone are a session that runs. Parts exist only once a manifest is about to
 * be written, or was.
 */
function unsigned(label: string, { names }: RecordingFolder, extents: readonly Extent[]): Findings {
  const parts = extents.filter(({ kind }) => kind === 'part').length;
  const stray = names.filter((name) => parseExtentName(name) === undefined);
  const problems = [
    ...(parts > 0 ? [`it has ${parts} parts and no ${MANIFEST_NAME}: its close was interrupted, or the manifest was removed`] : []),
    ...stray.map((name) => `the object "${name}" does not belong to a recording`),
  ];
  const summary = `not closed yet: ${extents.length} segments that no manifest proves`;
  return { label, verdict: problems.length === 0 ? 'open' : 'failed', signedBy: undefined, summary, problems, notes: [] };
}

class FolderCheck {
  private readonly problems = new Problems();
  private readonly notes: string[] = [];
  private parts: PartsCheck | undefined;
  private manifest: Manifest | undefined;
  private signedBy: NamedKey | undefined;

  constructor(
    private readonly folder: RecordingFolder,
    private readonly keys: readonly NamedKey[],
  ) {}

  async run(label: string, extents: readonly Extent[]): Promise<Findings> {
    await this.problems.guard(MANIFEST_NAME, isManifestError, async () => {
      const checked = checkManifest(await this.read(MANIFEST_NAME), this.keys);
      this.manifest = checked.manifest;
      this.signedBy = checked.signedBy;
    });
    const { manifest } = this;
    const isOpen = manifest !== undefined && (await this.contents(manifest, extents));
    return {
      label,
      verdict: this.problems.list.length > 0 ? 'failed' : isOpen ? 'open' : 'proven',
      signedBy: this.signedBy,
      summary: manifest === undefined ? 'a recording without a valid manifest' : summaryOf(manifest, this.parts),
      problems: this.problems.list,
      notes: this.notes,
    };
  }

  /** Returns true if there are frames that the manifest does not cover yet. */
  private async contents(manifest: Manifest, extents: readonly Extent[]): Promise<boolean> {
    const { sessionId } = this.folder;
    if (sessionId !== undefined && sessionId !== manifest.session_id) {
      this.problems.add(`the manifest is that of session ${manifest.session_id}: the recording was moved here`);
    }
    await this.allParts(manifest);
    await this.superseded(manifest);
    return this.others(manifest, extents);
  }

  private async allParts(manifest: Manifest): Promise<void> {
    const parts = (this.parts = new PartsCheck(manifest, this.problems));
    for (const part of manifest.parts) {
      if (!this.folder.names.includes(part.name)) parts.missing(part);
      else await parts.part(part, await this.folder.store.get(this.folder.prefix + part.name));
    }
    parts.end();
  }

  /** Checks the earlier manifests, each named by the one after it. */
  private async superseded(newest: Manifest): Promise<void> {
    let next = newest;
    while (next.previous !== null) {
      const name = supersededManifestName(next.generation - 1, next.previous);
      const before = await this.supersededOne(name, next);
      if (before === undefined) return;
      next = before;
    }
  }

  private async supersededOne(name: string, next: Manifest): Promise<Manifest | undefined> {
    if (!this.folder.names.includes(name)) {
      this.problems.add(`the superseded manifest "${name}" is missing`);
      return undefined;
    }
    let found: Manifest | undefined;
    await this.problems.guard(`superseded manifest "${name}"`, isManifestError, async () => {
      const bytes = await this.read(name);
      if (sha256Hex(bytes) !== next.previous)
        return this.problems.add(`superseded manifest "${name}" is not the one that generation ${next.generation} names`);
      const { manifest } = checkManifest(bytes, this.keys);
      if (manifest.generation === next.generation - 1 && manifest.session_id === next.session_id) found = manifest;
      else this.problems.add(`superseded manifest "${name}" is of session ${manifest.session_id}, generation ${manifest.generation}`);
    });
    return found;
  }

  private others(manifest: Manifest, extents: readonly Extent[]): boolean {
    const named = new Set(manifest.parts.map(({ name }) => name));
    const stray = this.folder.names.filter(
      (name) => name !== MANIFEST_NAME && parseExtentName(name) === undefined && !isSupersededManifestName(name),
    );
    for (const name of stray) this.problems.add(`the object "${name}" does not belong to a recording`);
    const unnamed = this.folder.names.filter((name) => parseExtentName(name) !== undefined && !named.has(name)).length;
    const later = extents.filter(({ lastSeq }) => lastSeq > BigInt(manifest.last_seq)).length;
    if (later > 0)
      this.notes.push(`${later} objects contain frames that came after the manifest; they are proven when the recording is closed again`);
    if (unnamed > later)
      this.notes.push(`${unnamed - later} objects repeat frames that the manifest's parts contain; they prove nothing and may be removed`);
    return later > 0;
  }

  private read(name: string): Promise<Buffer> {
    return readObject(this.folder.store, this.folder.prefix + name);
  }
}

/** Returns true if an object vanished between listing and reading. */
export const isGone = (error: unknown): boolean => error instanceof ObjectNotFound;
