import { sha256 } from '@sallyport/crypto';
import { ObjectNotFound, readObject } from '@sallyport/object-store';
import {
  type Extent,
  isSupersededManifestName,
  type Manifest,
  type ManifestPart,
  MANIFEST_NAME,
  parseExtentName,
  supersededManifestName,
} from '@sallyport/recording-format';
import type { AgainstList, FoundRecording } from './against-list.js';
import { checkManifest, isManifestError } from './check-manifest.js';
import { PartsCheck } from './check-parts.js';
import { sealProblems } from './check-seals.js';
import { type Findings, Problems } from './findings.js';
import { framesOfObject } from './frames-of-object.js';
import { hasEnded } from './has-ended.js';
import type { RecordingFolder } from './recording-folder.js';
import { summaryOf } from './summary.js';
import type { NamedKey } from './named-keys.js';

/**
 * Checks one recording where it is stored: the same as a bundle's, and that no object lies beside it that the manifest does not explain.
 */
export async function verifyFolder(
  folder: RecordingFolder,
  label: string,
  keys: readonly NamedKey[],
  against?: AgainstList,
): Promise<Findings> {
  const extents = folder.names.flatMap((name) => parseExtentName(name) ?? []);
  if (!folder.names.includes(MANIFEST_NAME)) return unsigned(label, folder, extents, keys, against);
  return new FolderCheck(folder, keys, against).run(label, extents);
}

/**
 * Returns the result for a folder without a manifest: a session that runs, unless it has the frame that ends a session. Full segments are
 * parts from the start.
 */
async function unsigned(
  label: string,
  folder: RecordingFolder,
  extents: readonly Extent[],
  keys: readonly NamedKey[],
  against: AgainstList | undefined,
): Promise<Findings> {
  const { names, sessionId } = folder;
  const stray = names.filter((name) => parseExtentName(name) === undefined);
  const problems = [
    ...((await hasEnded(folder, extents))
      ? [`its session ended, and it has no ${MANIFEST_NAME}: its close was interrupted, or the manifest was removed`]
      : []),
    ...stray.map((name) => `the object "${name}" does not belong to a recording`),
    ...(sessionId === undefined ? [] : await sealProblems(folder, sessionId, extents, keys)),
    ...(sessionId === undefined ? [] : (against?.problems(openRecording(sessionId, extents)) ?? [])),
  ];
  const summary = `not closed yet: ${extents.length} sealed object${extents.length === 1 ? '' : 's'} that no manifest proves`;
  const notes = sessionId === undefined ? ['its place names no session, so its seals were not checked'] : (against?.notes(sessionId) ?? []);
  return { label, verdict: problems.length === 0 ? 'open' : 'failed', signedBy: undefined, summary, problems, notes };
}

/** Returns what a running recording has: the frames without a hole before them. */
function openRecording(sessionId: string, extents: readonly Extent[]): FoundRecording {
  return { sessionId, state: 'open', lastSeq: Number(lastWithoutHole(extents, 0n)), link: undefined };
}

/** Returns the last frame behind `before` without a hole before it. */
function lastWithoutHole(extents: readonly Extent[], before: bigint): bigint {
  const sorted = [...extents].sort((a, b) => (a.firstSeq < b.firstSeq ? -1 : 1));
  return sorted.reduce((last, { firstSeq, lastSeq }) => (firstSeq <= last + 1n && lastSeq > last ? lastSeq : last), before);
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
    private readonly against: AgainstList | undefined,
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

  private async contents(manifest: Manifest, extents: readonly Extent[]): Promise<boolean> {
    const { sessionId } = this.folder;
    if (sessionId !== undefined && sessionId !== manifest.session_id) {
      this.problems.add(`the manifest is that of session ${manifest.session_id}: the recording was moved here`);
    }
    await this.allParts(manifest);
    await this.superseded(manifest);
    const isOpen = await this.others(manifest, extents);
    this.compare(manifest, extents, isOpen);
    return isOpen;
  }

  private compare(manifest: Manifest, extents: readonly Extent[], isOpen: boolean): void {
    const { session_id: sessionId, state, last_seq } = manifest;
    const lastSeq = isOpen ? Number(lastWithoutHole(extents, BigInt(last_seq))) : last_seq;
    const found = { sessionId, state: isOpen ? ('open' as const) : state, lastSeq, link: this.parts?.wantedLink };
    for (const problem of this.against?.problems(found) ?? []) this.problems.add(problem);
    this.notes.push(...(this.against?.notes(sessionId) ?? []));
  }

  private async allParts(manifest: Manifest): Promise<void> {
    const parts = (this.parts = new PartsCheck(
      manifest,
      this.problems,
      this.against?.frameOf(manifest.session_id),
      this.against?.rowsCheck(manifest.session_id),
    ));
    for (const part of manifest.parts) {
      if (!this.folder.names.includes(part.name)) parts.missing(part);
      else await parts.part(part, await this.framesOf(part));
    }
    parts.end();
  }

  private async framesOf({ name, bytes }: ManifestPart): Promise<AsyncIterable<Uint8Array>> {
    const object = await this.folder.store.get(this.folder.prefix + name);
    return framesOfObject(object, bytes, (text) => this.problems.add(`part "${name}": ${text}`));
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
      if (sha256(bytes) !== next.previous)
        return this.problems.add(`superseded manifest "${name}" is not the one that generation ${next.generation} names`);
      const { manifest } = checkManifest(bytes, this.keys);
      if (manifest.generation === next.generation - 1 && manifest.session_id === next.session_id) found = manifest;
      else this.problems.add(`superseded manifest "${name}" is of session ${manifest.session_id}, generation ${manifest.generation}`);
    });
    return found;
  }

  /** Returns true if there are frames that the manifest does not cover yet. */
  private async others(manifest: Manifest, extents: readonly Extent[]): Promise<boolean> {
    const named = new Set(manifest.parts.map(({ name }) => name));
    const stray = this.folder.names.filter(
      (name) => name !== MANIFEST_NAME && parseExtentName(name) === undefined && !isSupersededManifestName(name),
    );
    for (const name of stray) this.problems.add(`the object "${name}" does not belong to a recording`);
    const unnamed = this.folder.names.filter((name) => parseExtentName(name) !== undefined && !named.has(name)).length;
    const beyond = extents.filter(({ lastSeq }) => lastSeq > BigInt(manifest.last_seq));
    const later = beyond.length;
    const { sessionId = manifest.session_id } = this.folder;
    for (const problem of await sealProblems(this.folder, sessionId, beyond, this.keys)) this.problems.add(problem);
    if (later > 0 && manifest.state === 'closed')
      this.problems.add(`${later} objects contain frames behind the end of the closed recording: they were put there`);
    else if (later > 0)
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
