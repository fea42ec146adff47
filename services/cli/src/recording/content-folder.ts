import { closeSync, existsSync, mkdirSync, openSync, readdirSync, renameSync, writeSync } from 'node:fs';
import { basename, join } from 'node:path';
import { printableLine } from '@sallyport/context';
import type { FileContent, FileFact } from '@sallyport/recording-format';
import { CannotOpen } from './recording.errors.js';

/** Content behind this place is not written there: the file would be as large as its client said. */
const FAR_BYTES = 1024 ** 3;

/** Writes the content of recorded files into a new folder, under names that cannot leave it. */
export class ContentFolder {
  private files = 0;
  private readonly started = new Map<string, { bytes: number; farBytes: number }>();

  /** Throws CannotOpen if the folder has something in it. */
  constructor(
    private readonly folder: string,
    private readonly print: (line: string) => void,
  ) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    if (readdirSync(folder).length > 0) throw new CannotOpen(`"${folder}" is not empty: name a new folder`);
  }

  /** Writes a piece of a file. */
  content({ id, offset, data }: FileContent): void {
    const file = this.started.get(id) ?? { bytes: 0, farBytes: 0 };
    this.started.set(id, file);
    const isFar = offset + data.length > FAR_BYTES;
    this.write(this.pathOf(id, isFar), data, isFar ? file.farBytes : offset);
    if (isFar) file.farBytes += data.length;
    file.bytes += data.length;
  }

  /** Names a file whose content is written, when its fact comes. */
  named(fact: FileFact): void {
    const file = this.started.get(fact.id);
    if (!file) return;
    this.started.delete(fact.id);
    this.finish(
      fact.id,
      safeName(fact.path),
      `${printableLine(`${fact.protocol} ${fact.op} ${fact.path}`)}, ${of(file.bytes, fact)}`,
      file.farBytes,
    );
  }

  /** Names files whose facts are missing: their session was lost. Returns the number of files. */
  end(): number {
    for (const [id, { bytes, farBytes }] of this.started) this.finish(id, 'unknown', `${bytes} bytes of a file without a name`, farBytes);
    this.started.clear();
    return this.files;
  }

  private finish(id: string, name: string, about: string, farBytes: number): void {
    this.files += 1;
    const numbered = `${String(this.files).padStart(4, '0')}-${name}`;
    if (existsSync(this.pathOf(id, false))) renameSync(this.pathOf(id, false), join(this.folder, numbered));
    this.print(`${numbered}: ${about}`);
    if (farBytes === 0) return;
    renameSync(this.pathOf(id, true), join(this.folder, `${numbered}.far`));
    this.print(`${numbered}.far: the ${farBytes} bytes that were written behind 1 GiB, end to end`);
  }

  /** Returns a place inside the folder: an id that was decoded from a frame has hex digits alone. */
  private pathOf(id: string, isFar: boolean): string {
    return join(this.folder, isFar ? `${id}.far` : id);
  }

  private write(path: string, data: Uint8Array, at: number): void {
    const file = openSync(path, existsSync(path) ? 'r+' : 'wx', 0o600);
    try {
      writeSync(file, data, 0, data.length, at);
    } finally {
      closeSync(file);
    }
  }
}

/** Returns the last part of a path, with letters that are safe in every file name. */
function safeName(path: string): string {
  const name = basename(path.replaceAll('\\', '/')).replace(/[^A-Za-z0-9._-]/g, '_');
  return name.slice(-100).replace(/^\.+/, '_') || '_';
}

const of = (kept: number, { bytes, sha256 }: FileFact): string =>
  `${kept} of ${bytes ?? 'an unknown number of'} bytes${sha256 === undefined ? '' : `, SHA-256 of all of it ${sha256}`}`;
