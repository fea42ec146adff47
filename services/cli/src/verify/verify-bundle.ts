import { BundleInvalid, MANIFEST_NAME, type Manifest, readTar, type TarEntry } from '@sallyport/recording-format';
import type { AgainstList } from './against-list.js';
import { checkManifest, isManifestError } from './check-manifest.js';
import { PartsCheck } from './check-parts.js';
import { type Findings, Problems } from './findings.js';
import { summaryOf } from './summary.js';
import type { NamedKey } from './named-keys.js';

/** Largest manifest that is read: it would have a hundred thousand parts. */
const MAX_MANIFEST_BYTES = 64 * 1024 * 1024;

/** Checks a bundle from its bytes: the tar file itself, the manifest's signature, every part. Holds no more than the manifest in memory. */
export async function verifyBundle(
  label: string,
  bytes: AsyncIterable<Uint8Array>,
  keys: readonly NamedKey[],
  against?: AgainstList,
): Promise<Findings> {
  const problems = new Problems();
  const bundle = new BundleCheck(keys, problems, against);
  await problems.guard(
    'bundle',
    (error) => error instanceof BundleInvalid || isManifestError(error),
    async () => {
      for await (const entry of readTar(bytes)) await bundle.entry(entry);
      bundle.end();
    },
  );
  return {
    label,
    verdict: problems.list.length === 0 ? 'proven' : 'failed',
    signedBy: bundle.signedBy,
    summary: bundle.manifest === undefined ? 'a bundle without a valid manifest' : summaryOf(bundle.manifest, bundle.parts),
    problems: problems.list,
    notes: (bundle.manifest && against?.notes(bundle.manifest.session_id)) ?? [],
  };
}

class BundleCheck {
  manifest: Manifest | undefined;
  signedBy: NamedKey | undefined;
  parts: PartsCheck | undefined;
  private next = 0;

  constructor(
    private readonly keys: readonly NamedKey[],
    private readonly problems: Problems,
    private readonly against: AgainstList | undefined,
  ) {}

  async entry(entry: TarEntry): Promise<void> {
    if (this.manifest === undefined || this.parts === undefined) return this.first(entry);
    const part = this.manifest.parts[this.next++];
    if (part === undefined) return this.problems.add(`the bundle has a file "${entry.name}" that is not in the manifest`);
    if (part.name !== entry.name) throw new BundleInvalid(`the file "${entry.name}" is where part "${part.name}" should be`, entry.offset);
    await this.parts.part(part, entry.content);
  }

  end(): void {
    if (this.manifest === undefined || this.parts === undefined) return this.problems.add('the bundle is empty');
    for (const part of this.manifest.parts.slice(this.next)) this.parts.missing(part);
    this.parts.end();
    const { session_id: sessionId, state, last_seq: lastSeq } = this.manifest;
    const problems = this.against?.problems({ sessionId, state, lastSeq, link: this.parts.wantedLink }) ?? [];
    for (const problem of problems) this.problems.add(problem);
  }

  private async first(entry: TarEntry): Promise<void> {
    if (entry.name !== MANIFEST_NAME) throw new BundleInvalid(`it begins with "${entry.name}", not with ${MANIFEST_NAME}`, 0);
    if (entry.size > MAX_MANIFEST_BYTES) throw new BundleInvalid(`its ${MANIFEST_NAME} has ${entry.size} bytes`, 0);
    const pieces: Uint8Array[] = [];
    for await (const piece of entry.content) pieces.push(piece);
    const { manifest, signedBy } = checkManifest(Buffer.concat(pieces), this.keys);
    this.manifest = manifest;
    this.signedBy = signedBy;
    this.parts = new PartsCheck(
      manifest,
      this.problems,
      this.against?.frameOf(manifest.session_id),
      this.against?.rowsCheck(manifest.session_id),
    );
  }
}
